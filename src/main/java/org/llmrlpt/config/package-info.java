/**
 * Records for every setting (names, defaults, bounds, help, parsing, validation), and how mistakes with settings and
 * with files are told.
 */
package org.llmrlpt.config;
