package uk.ac.manchester.tornado.api;

import uk.ac.manchester.tornado.api.fallback.Engine;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** What an execution leaves: times, and arrays to fetch. */
public class TornadoExecutionResult {
    private final Engine engine;
    private final TornadoProfilerResult profile;

    TornadoExecutionResult(Engine engine, TornadoProfilerResult profile) {
        this.engine = engine;
        this.profile = profile;
    }

    /** Returns the times of the latest execution. */
    public TornadoProfilerResult getProfilerResult() {
        return profile;
    }

    /** Copies arrays from the device, through the currently selected graphs. */
    public TornadoExecutionResult transferToHost(Object... arrays) {
        for (Object array : arrays) { engine.transferToHost(array); }
        return this;
    }

    /** Copies a part of an array from the device. */
    public TornadoExecutionResult transferToHost(DataRange range) {
        range.materialize();
        engine.transferToHost(range.getArray(), range.getOffset() - TornadoNativeArray.ARRAY_HEADER,
                range.getPartialSize());
        return this;
    }
}
