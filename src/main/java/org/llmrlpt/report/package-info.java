/** Pages about runs: curves as SVG, tables and samples, in a single HTML file that needs no network. */
package org.llmrlpt.report;
