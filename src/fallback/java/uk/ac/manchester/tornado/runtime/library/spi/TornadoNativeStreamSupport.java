package uk.ac.manchester.tornado.runtime.library.spi;

/** A device that shows the native stream on which an execution plan's work runs. */
public interface TornadoNativeStreamSupport {
    /** Returns the stream's handle, such as a CUstream. */
    long getNativeStream(long executionPlanId);
}
