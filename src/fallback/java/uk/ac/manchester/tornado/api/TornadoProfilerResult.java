package uk.ac.manchester.tornado.api;

import uk.ac.manchester.tornado.api.fallback.Engine;

/** Times of the latest execution in nanoseconds; on the fallback there are no copies and no compilation to time. */
public class TornadoProfilerResult {
    private final Engine engine;

    TornadoProfilerResult(Engine engine) {
        this.engine = engine;
    }

    /** Returns the time of the whole execution. */
    public long getTotalTime() {
        return engine.lastNanos();
    }

    /** Returns the time the tasks ran. */
    public long getDeviceKernelTime() {
        return engine.lastNanos();
    }

    /** Returns zero. */
    public long getCompileTime() {
        return 0;
    }

    /** Returns zero. */
    public long getTornadoCompilerTime() {
        return 0;
    }

    /** Returns zero. */
    public long getDriverInstallTime() {
        return 0;
    }

    /** Returns zero. */
    public long getDataTransfersTime() {
        return 0;
    }

    /** Returns zero. */
    public long getDeviceWriteTime() {
        return 0;
    }

    /** Returns zero. */
    public long getDeviceReadTime() {
        return 0;
    }

    /** Returns zero. */
    public long getKernelDispatchTime() {
        return 0;
    }

    /** Returns the times of the selected graphs' tasks in all executions under the profiler, as JSON objects. */
    public String getProfileLog() {
        return engine.profileLog();
    }
}
