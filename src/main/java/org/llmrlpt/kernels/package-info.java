/** The primitives of a transformer's training step: what each computes, and what its implementations share. */
package org.llmrlpt.kernels;
