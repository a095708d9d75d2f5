package org.llmrlpt.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.llmrlpt.config.StudySettings;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.cpu.Workers;
import org.llmrlpt.study.Study;
import org.llmrlpt.study.StudyPlan;

/** {@code study}: compares pre-training objectives by what reinforcement learning makes of them. */
final class StudyCommand implements Command<StudySettings> {
    private static final String RUN = "run";
    private static final String FOLDER = "studies/";

    @Override
    public String name() {
        return "study";
    }

    @Override
    public String summary() {
        return "compares pre-training objectives: pretrain, midtrain, rl and eval of each, over seeds, on one page";
    }

    @Override
    public Class<StudySettings> settings() {
        return StudySettings.class;
    }

    @Override
    public Map<String, String> interpret(Map<String, String> given) {
        return given.containsKey("resume") ? Runs.resumed(this, given) : given;
    }

    /** A new study is named after its config file where nothing else is said. */
    @Override
    public Map<String, String> complete(Map<String, String> given, Map<String, String> commandLine) {
        String config = commandLine.get(CommandLines.CONFIG);
        Map<String, String> all = new LinkedHashMap<>(given);
        if (config != null && Path.of(config).getFileName() != null) {
            all.putIfAbsent(RUN, FOLDER + Path.of(config).getFileName().toString().replaceFirst("\\.json$", ""));
        }
        return all;
    }

    @Override
    public int run(StudySettings given, Console console) {
        Path folder = Path.of(given.resume() != null ? given.resume()
            : given.run() != null ? given.run() : Runs.nextFree(FOLDER + "study-"));
        Kernels kernels = KernelSets.choose(given.device());
        Workers.use(given.device().workers());
        StudyPlan plan = new StudyPlan(folder, given);
        try (StudyView view = new StudyView(console);
                Study study = Study.open(plan, Runs.MAY_CHANGE, kernels, view);
                StopSignal stop = StopSignal.install()) {
            console.table(List.of(List.of("study", folder.toString()),
                List.of("device", KernelSets.describe(kernels)),
                List.of("runs", plan.arms().size() + ", in " + plan.kinds().size() + " stages each")));
            boolean finished = study.run(stop);
            view.close();
            console.line(finished ? "done: " + folder.resolve("report.html") + " shows it all, results.json has the"
                + " figures" : "stopped; go on with: scripts/llm-rlpt study resume=" + CommandLines.quoted(folder));
        }
        return 0;
    }
}
