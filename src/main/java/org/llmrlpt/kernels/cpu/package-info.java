/**
 * Compute kernels for the CPU, written with the Vector API (tiles of products: with its intrinsics) on off-heap memory
 * that is addressed directly.
 */
package org.llmrlpt.kernels.cpu;
