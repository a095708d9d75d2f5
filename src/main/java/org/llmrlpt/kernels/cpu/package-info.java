/** Kernels for the CPU: Vector API over native memory, all cores, same bits for any number of threads. */
package org.llmrlpt.kernels.cpu;
