/** Records for every setting: their names, defaults, bounds, help, parsing and validation. */
package org.llmrlpt.config;
