/** Measurements of a model: perplexity and entropy on text, Avg@n, Cons@n and Pass@k on problems, with intervals. */
package org.llmrlpt.eval;
