/** Random numbers as named, counter-based streams: any draw can be made again from (seed, name, index). */
package org.llmrlpt.random;
