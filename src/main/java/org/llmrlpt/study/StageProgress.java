package org.llmrlpt.study;

import java.nio.file.Path;
import java.util.Locale;
import org.llmrlpt.bench.ProfileReport;
import org.llmrlpt.rl.EvaluationReport;
import org.llmrlpt.rl.GrpoTrainer;
import org.llmrlpt.rl.RlListener;
import org.llmrlpt.rl.RlReport;
import org.llmrlpt.train.PretrainListener;
import org.llmrlpt.train.Pretrainer;
import org.llmrlpt.train.StepReport;

/** Tells a study's listener how far a stage is; everything else that the stage tells is in its folder. */
final class StageProgress implements PretrainListener, RlListener {
    private static final String UNIT = "steps";

    private final StudyListener listener;
    private String measured = "";

    StageProgress(StudyListener listener) {
        this.listener = listener;
    }

    @Override
    public void planned(Pretrainer run) {
    }

    @Override
    public void planned(GrpoTrainer run) {
    }

    @Override
    public void started(Pretrainer run, long firstStep) {
        listener.planned(UNIT, firstStep, run.settings().steps());
    }

    @Override
    public void started(GrpoTrainer run, long firstStep) {
        listener.planned(UNIT, firstStep, run.settings().steps());
    }

    @Override
    public void compiled(String program, int kernels, int of, double seconds) {
    }

    @Override
    public void step(StepReport r) {
        listener.at(r.step(), String.format(Locale.ROOT, "perplexity %.3f, entropy %.3f", r.statistics().perplexity(),
            r.statistics().entropy()));
    }

    @Override
    public void validation(StepReport r) {
        listener.at(r.step(), String.format(Locale.ROOT, "validation perplexity %.3f, entropy %.3f",
            r.statistics().perplexity(), r.statistics().entropy()));
    }

    @Override
    public void step(RlReport r) {
        listener.at(r.step(), String.format(Locale.ROOT, "reward %.3f, entropy %.3f%s", r.reward(), r.entropy(),
            measured));
    }

    @Override
    public void evaluation(EvaluationReport r) {
        measured = String.format(Locale.ROOT, ", held-out Avg@%d %.3f", r.samples(), r.average().value());
        listener.at(r.step(), measured.substring(2));
    }

    @Override
    public void sample(long step, String prompt, String continuation) {
    }

    @Override
    public void sample(long step, String prompt, String completion, boolean correct) {
    }

    @Override
    public void profiled(ProfileReport report) {
    }

    @Override
    public void checkpoint(long step, Path folder) {
    }
}
