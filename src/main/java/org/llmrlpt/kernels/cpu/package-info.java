/** Compute kernels for the CPU, written with the Vector API on off-heap memory that is addressed directly. */
package org.llmrlpt.kernels.cpu;
