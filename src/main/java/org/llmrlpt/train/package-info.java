/** The training stages: what a step is, pre-training from the first batch to the summary, checkpoints and resuming. */
package org.llmrlpt.train;
