/** Measuring: samples and their spread, the machine's ceilings, single primitives, and other programs beside ours. */
package org.llmrlpt.bench;
