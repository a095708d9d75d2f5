package uk.ac.manchester.tornado.api;

import uk.ac.manchester.tornado.api.fallback.Engine;

/** Times of the latest execution, in nanoseconds. */
public class TornadoProfilerResult {
    private final Engine engine;

    TornadoProfilerResult(Engine engine) {
        this.engine = engine;
    }

    /** Returns the time of the whole execution. */
    public long getTotalTime() {
        return engine.lastNanos();
    }

    /** Returns the times of the selected graphs' tasks in all executions under the profiler, as JSON objects. */
    public String getProfileLog() {
        return engine.profileLog();
    }
}
