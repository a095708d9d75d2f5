package org.llmrlpt.rl;

import java.nio.file.Path;
import org.llmrlpt.bench.ProfileReport;

/** Hears what a run does; the command line shows it. */
public interface RlListener {
    /** All programs are recorded and the memory they need is known; nothing is allocated yet. */
    void planned(GrpoTrainer run);

    /** The run is about to sample its first answers (or to go on after {@code firstStep} steps). */
    void started(GrpoTrainer run, long firstStep);

    /** A step was done. */
    void step(RlReport report);

    /** Held-out problems were answered. */
    void evaluation(EvaluationReport report);

    /** A held-out problem's answer to look at. */
    void sample(long step, String prompt, String completion, boolean correct);

    /** A checkpoint is in place. */
    void checkpoint(long step, Path folder);

    /** The run is over and was profiled. */
    void profiled(ProfileReport report);
}
