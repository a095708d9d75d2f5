/** Measurements of a model: perplexity, bits per byte, entropy and top-k mass, with standard errors. */
package org.llmrlpt.eval;
