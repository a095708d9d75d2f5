/** The primitives of a transformer's training step: what each computes, and the two sets that compute it. */
package org.llmrlpt.kernels;
