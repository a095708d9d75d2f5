package uk.ac.manchester.tornado.api.enums;

/** Where the profiler writes. */
public enum ProfilerMode {
    /** To the console. */
    CONSOLE,
    /** Nowhere: read the result object. */
    SILENT
}
