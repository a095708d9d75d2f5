/** Kernels that TornadoVM compiles for the device: KernelContext code, portable between OpenCL and PTX. */
package org.llmrlpt.kernels.gpu;
