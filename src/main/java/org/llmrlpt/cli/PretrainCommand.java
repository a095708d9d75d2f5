package org.llmrlpt.cli;

import java.nio.file.Path;
import java.util.Map;
import org.llmrlpt.config.Binder;
import org.llmrlpt.config.PretrainSettings;
import org.llmrlpt.config.TrainingSettings;
import org.llmrlpt.data.Corpus;
import org.llmrlpt.files.RunFolder;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.cpu.Workers;
import org.llmrlpt.train.Beginning;
import org.llmrlpt.train.Pretrainer;
import org.llmrlpt.train.TrainingData;
import org.llmrlpt.train.WarmUp;

/** {@code pretrain}: trains a model from scratch, or goes on with a run. */
final class PretrainCommand implements Command<PretrainSettings> {
    @Override
    public String name() {
        return "pretrain";
    }

    @Override
    public String summary() {
        return "trains a model on text with the reward-shaped next-token objective";
    }

    @Override
    public Class<PretrainSettings> settings() {
        return PretrainSettings.class;
    }

    /** {@code resume=RUN} means the run's own settings, of which only those may change that leave its results alone. */
    @Override
    public Map<String, String> interpret(Map<String, String> given) {
        return given.containsKey("resume") ? Runs.resumed(this, given) : given;
    }

    @Override
    public int run(PretrainSettings given, Console console) {
        return run(name(), given, given, Beginning.random(), console);
    }

    /**
     * Trains.
     *
     * @param command which command it is, for names and messages
     * @param all the command's whole settings, to be kept in the run's folder
     */
    static int run(String command, PretrainSettings given, Record all, Beginning beginning, Console console) {
        boolean resuming = given.resume() != null;
        Path folder = Runs.folder(given.resume(), given.run(), command);
        Kernels kernels = KernelSets.choose(given.training().device());
        Workers.use(given.training().device().workers());
        WarmUp.begin(kernels);
        try (RunFolder run = resuming ? RunFolder.open(folder) : RunFolder.create(folder, Binder.unbind(all))) {
            try {
                Corpus data = open(given.training(), run, console);
                try (PretrainView view = new PretrainView(console, run.path(), command);
                        Pretrainer trainer = new Pretrainer(given, run, data, kernels, beginning, view);
                        StopSignal stop = StopSignal.install()) {
                    view.finished(trainer, trainer.run(stop));
                }
            } catch (RuntimeException e) {
                if (!resuming) {
                    run.discardIfUnused();
                }
                throw e;
            }
        }
        return 0;
    }

    private static Corpus open(TrainingSettings training, RunFolder run, Console console) {
        try (PreparationView progress = new PreparationView(console)) {
            return TrainingData.corpus(training.data(), training.seed(), run.path(), training.device().workers(),
                progress);
        }
    }
}
