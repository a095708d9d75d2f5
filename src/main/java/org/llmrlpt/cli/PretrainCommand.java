package org.llmrlpt.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.llmrlpt.config.Binder;
import org.llmrlpt.config.PretrainSettings;
import org.llmrlpt.config.UserError;
import org.llmrlpt.data.TokenDataset;
import org.llmrlpt.device.TornadoSettings;
import org.llmrlpt.files.JsonFile;
import org.llmrlpt.files.RunFolder;
import org.llmrlpt.kernels.KernelSets;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.cpu.Workers;
import org.llmrlpt.train.Pretrainer;
import org.llmrlpt.train.TrainingData;

/** {@code pretrain}: trains a model from scratch, or goes on with a run. */
final class PretrainCommand implements Command<PretrainSettings> {
    private static final String RUNS = "runs/pretrain-";

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

    @Override
    public int run(PretrainSettings given, Console console) {
        boolean resuming = given.resume() != null;
        Path folder = Path.of(resuming ? given.resume() : given.run() == null ? nextFree() : given.run());
        PretrainSettings settings = given;
        Kernels kernels = KernelSets.choose(settings.device().device());
        Workers.use(settings.device().threads());
        try (RunFolder run = resuming ? RunFolder.open(folder)
                : RunFolder.create(folder, Binder.unbind(settings));
                StopSignal stop = StopSignal.install()) {
            TokenDataset data = TrainingData.open(settings.data(), run.path(), console::progress);
            try (PretrainView view = new PretrainView(console, folder);
                    Pretrainer trainer = new Pretrainer(settings, run, data, kernels, view)) {
                boolean finished = trainer.run(stop);
                view.finished(trainer, finished);
                return 0;
            }
        }
    }

    private static String nextFree() {
        int n = 1;
        while (Files.exists(Path.of(RUNS + n))) {
            n++;
        }
        return RUNS + n;
    }
}
