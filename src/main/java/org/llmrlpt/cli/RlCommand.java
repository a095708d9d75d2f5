package org.llmrlpt.cli;

import java.nio.file.Path;
import java.util.Map;
import org.llmrlpt.config.Binder;
import org.llmrlpt.config.RlSettings;
import org.llmrlpt.config.UserError;
import org.llmrlpt.files.RunFolder;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.cpu.Workers;
import org.llmrlpt.rl.GrpoTrainer;
import org.llmrlpt.tasks.Task;
import org.llmrlpt.tasks.Tasks;
import org.llmrlpt.train.SavedModel;

/** {@code rl}: trains a checkpoint on problems whose answers can be checked, or goes on with a run. */
final class RlCommand implements Command<RlSettings> {
    @Override
    public String name() {
        return "rl";
    }

    @Override
    public String summary() {
        return "trains a checkpoint by reinforcement learning on problems whose answers can be checked (GRPO)";
    }

    @Override
    public Class<RlSettings> settings() {
        return RlSettings.class;
    }

    @Override
    public Map<String, String> interpret(Map<String, String> given) {
        return given.containsKey("resume") ? Runs.resumed(this, given) : given;
    }

    @Override
    public Map<String, String> complete(Map<String, String> given, Map<String, String> commandLine) {
        return Runs.pinned(given);
    }

    @Override
    public int run(RlSettings given, Console console) {
        if (given.checkpoint() == null) {
            throw new UserError("setting 'checkpoint' is missing: name a trained model with checkpoint=FOLDER, such as"
                + " a run of pretrain");
        }
        if (given.task().name() == null) {
            throw new UserError("setting 'task' is missing: name built-in problems or a file of them with task=NAME");
        }
        boolean resuming = given.resume() != null;
        Path folder = Runs.folder(given.resume(), given.run(), name());
        Kernels kernels = KernelSets.choose(given.device());
        Workers.use(given.device().workers());
        Task task = Tasks.open(given.task(), given.seed());
        try (RunFolder run = resuming ? RunFolder.open(folder) : RunFolder.create(folder, Binder.unbind(given))) {
            try {
                train(given, run, beginning(given, run), task, kernels, console);
            } catch (RuntimeException e) {
                if (!resuming) {
                    run.discardIfUnused();
                }
                throw e;
            }
        }
        return 0;
    }

    /** The run's own newest checkpoint, if there is one, tells the model's shape: the first one may be gone by then. */
    private static SavedModel beginning(RlSettings given, RunFolder run) {
        return SavedModel.open(run.checkpoints().latest().map(Path::toString).orElse(given.checkpoint()));
    }

    private static void train(RlSettings settings, RunFolder run, SavedModel saved, Task task, Kernels kernels,
        Console console) {
        try (RlView view = new RlView(console, run.path());
                GrpoTrainer trainer = new GrpoTrainer(settings, run, saved, task, kernels, view);
                StopSignal stop = StopSignal.install()) {
            view.finished(trainer, trainer.run(stop));
        }
    }
}
