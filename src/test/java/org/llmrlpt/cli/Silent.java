package org.llmrlpt.cli;

import java.nio.file.Path;
import org.llmrlpt.bench.ProfileReport;
import org.llmrlpt.rl.EvaluationReport;
import org.llmrlpt.rl.GrpoTrainer;
import org.llmrlpt.rl.RlListener;
import org.llmrlpt.rl.RlReport;
import org.llmrlpt.train.PretrainListener;
import org.llmrlpt.train.Pretrainer;
import org.llmrlpt.train.StepReport;

/** Hears nothing of a run. */
public final class Silent implements PretrainListener, RlListener {
    @Override
    public void planned(Pretrainer run) { }

    @Override
    public void planned(GrpoTrainer run) { }

    @Override
    public void started(Pretrainer run, long firstStep) { }

    @Override
    public void started(GrpoTrainer run, long firstStep) { }

    @Override
    public void compiled(String program, int kernels, int of, double seconds) { }

    @Override
    public void step(StepReport report) { }

    @Override
    public void step(RlReport report) { }

    @Override
    public void validation(StepReport report) { }

    @Override
    public void evaluation(EvaluationReport report) { }

    @Override
    public void sample(long step, String prompt, String continuation) { }

    @Override
    public void sample(long step, String prompt, String completion, boolean correct) { }

    @Override
    public void checkpoint(long step, Path folder) { }

    @Override
    public void profiled(ProfileReport report) { }
}
