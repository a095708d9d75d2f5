/** The commands: the only place that prints or exits. */
package org.llmrlpt.cli;
