package org.llmrlpt.train;

import java.nio.file.Path;
import org.llmrlpt.bench.ProfileReport;

/** Hears what a run does; the command line shows it. */
public interface PretrainListener {
    /** All programs are recorded and the memory they need is known; nothing is allocated yet. */
    void planned(Pretrainer run);

    /** The run is about to compute its first step (or to go on after {@code firstStep} of them). */
    void started(Pretrainer run, long firstStep);

    /** An optimizer step was done. */
    void step(StepReport report);

    /** A validation was done. */
    void validation(StepReport report);

    /** A text was sampled. */
    void sample(long step, String prompt, String continuation);

    /** The run is over and was profiled. */
    void profiled(ProfileReport report);

    /** A checkpoint is in place. */
    void checkpoint(long step, Path folder);
}
