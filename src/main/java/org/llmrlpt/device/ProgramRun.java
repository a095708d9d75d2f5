package org.llmrlpt.device;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** One execution of a program, as an event of JDK Flight Recorder; it costs next to nothing when nobody records. */
@Name("org.llmrlpt.ProgramRun")
@Label("Program Run")
@Category("LLM-RLPT")
@StackTrace(false)
final class ProgramRun extends Event implements AutoCloseable {
    @Label("Program")
    private final String program;
    @Label("Operations")
    private final int operations;

    /** Begins; {@link #close} ends it. */
    ProgramRun(String program, int operations) {
        this.program = program;
        this.operations = operations;
        begin();
    }

    @Override
    public void close() {
        commit();
    }
}
