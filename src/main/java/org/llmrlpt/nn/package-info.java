/** The model: a decoder of RMSNorm, rotary grouped-query attention and SwiGLU, and its weights by name. */
package org.llmrlpt.nn;
