package uk.ac.manchester.tornado.api.enums;

/** The code generators of TornadoVM; this fallback is of type JAVA. */
public enum TornadoVMBackendType {
    OPENCL, METAL, PTX, CUDA, SPIRV, JAVA, VIRTUAL
}
