package org.llmrlpt.train;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A part of a stage's time, as an event of JDK Flight Recorder; it costs next to nothing when nobody records. */
@Name("org.llmrlpt.Phase")
@Label("Phase")
@Description("What a stage does: data, forward and backward, update, validation, sample, checkpoint")
@Category("LLM-RLPT")
@StackTrace(false)
final class Phase extends Event implements AutoCloseable {
    @Label("Phase")
    private final String phase;
    @Label("Step")
    @Description("Optimizer steps done before it")
    private final long step;

    /** Begins; {@link #close} ends it. */
    Phase(String phase, long step) {
        this.phase = phase;
        this.step = step;
        begin();
    }

    @Override
    public void close() {
        commit();
    }
}
