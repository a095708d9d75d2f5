/**
 * Matrix products by NVIDIA's cuBLAS, as library tasks of TornadoVM's CUDA backend.
 *
 * <p>TornadoVM has tasks for cuBLAS of its own, but they take whole arrays, and here matrices are parts of a few
 * arrays. So this is a library in TornadoVM's sense by itself: it gets the addresses of whole arrays from TornadoVM,
 * adds the offsets, and calls cuBLAS through Java's foreign functions on the stream that TornadoVM's kernels run on.
 */
package org.llmrlpt.kernels.cublas;
