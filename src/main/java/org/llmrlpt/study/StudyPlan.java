package org.llmrlpt.study;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.llmrlpt.config.Binder;
import org.llmrlpt.config.ConfigFiles;
import org.llmrlpt.config.EvalSettings;
import org.llmrlpt.config.StudySettings;
import org.llmrlpt.config.UserError;
import org.llmrlpt.files.JsonFile;
import org.llmrlpt.files.RunFolder;

/** What a study compares, in which order, and where: {@code FOLDER/OBJECTIVE/seed-N/STAGE}. */
public final class StudyPlan {
    private static final Pattern SEEDS = Pattern.compile("(\\d{1,9})(?:-(\\d{1,9}))?");
    private static final int MOST_SEEDS = 1000;
    private static final String MARK = "study.objectives";

    private final Path folder;
    private final StudySettings settings;
    private final StageSettings stages;
    private final List<Objective> objectives;
    private final List<Long> seeds;
    private final List<Arm> arms = new ArrayList<>();

    /** @throws UserError if the objectives or seeds make no sense, or settings are given that follow from the study */
    public StudyPlan(Path folder, StudySettings settings) {
        this.folder = folder;
        this.settings = settings;
        stages = new StageSettings(settings);
        objectives = Objective.parse(settings.objectives());
        seeds = seeds(settings.seeds());
        for (long seed : seeds) {
            for (Objective objective : objectives) {
                arms.add(new Arm(objective, seed, folder.resolve(objective.name()).resolve("seed-" + seed)));
            }
        }
    }

    /** That of a study's folder. */
    public static StudyPlan read(Path folder) {
        return new StudyPlan(folder, Binder.bind(StudySettings.class,
            ConfigFiles.read(folder.resolve(RunFolder.CONFIG))));
    }

    /** Whether a folder is that of a study. */
    public static boolean isAt(Path folder) {
        Path config = folder.resolve(RunFolder.CONFIG);
        return Files.isRegularFile(config) && JsonFile.readObject(config).has(MARK);
    }

    private static List<Long> seeds(String text) {
        Set<Long> seeds = new LinkedHashSet<>();
        for (String part : text.split(",", -1)) {
            Matcher m = SEEDS.matcher(part.strip());
            if (!m.matches()) {
                throw new UserError("setting 'study.seeds' must be seeds such as 1-3 or 1,2,5, not '" + text + "'");
            }
            long from = Long.parseLong(m.group(1));
            long to = m.group(2) == null ? from : Long.parseLong(m.group(2));
            if (to < from || to - from >= MOST_SEEDS) {
                throw new UserError("setting 'study.seeds' has the range '" + part.strip() + "', which must rise and"
                    + " hold at most " + MOST_SEEDS + " seeds");
            }
            for (long seed = from; seed <= to; seed++) {
                if (!seeds.add(seed)) {
                    throw new UserError("setting 'study.seeds' has seed " + seed + " twice: name each one once");
                }
            }
        }
        return List.copyOf(seeds);
    }

    /** Finds the mistakes in the settings of all stages, before anything is computed. */
    void check() {
        stages.check(arms.subList(0, objectives.size()));
        passK();
    }

    /** k of the Pass@k that the tables show. */
    int passK() {
        int samples = samples();
        if (settings.passK() != null && settings.passK() > samples) {
            throw new UserError("setting 'study.pass-k' is " + settings.passK() + " but 'eval.samples' only " + samples
                + ": lower the one or raise the other");
        }
        return settings.passK() != null ? settings.passK() : Math.max(1, samples / 2);
    }

    /** n of Avg@n, Cons@n. */
    int samples() {
        Arm arm = arms.getFirst();
        EvalSettings eval = stages.eval(StageKind.EVAL_BASE, arm, arm.folder().toString());
        return eval.samples();
    }

    /** Refuses to go on with a study that was begun with other settings, but for those that leave its results alone. */
    void requireSame(Set<String> mayDiffer) {
        JsonNode before = JsonFile.readObject(folder.resolve(RunFolder.CONFIG));
        Map<String, String> now = Binder.unbind(settings);
        Set<String> names = new LinkedHashSet<>(now.keySet());
        before.fieldNames().forEachRemaining(names::add);
        names.removeAll(mayDiffer);
        names.remove("run");
        for (String name : names) {
            String old = before.path(name).asText(null);
            if (old == null ? now.get(name) != null : !old.equals(now.get(name))) {
                throw new UserError("the study " + folder + " was begun with " + value(name, old) + " and cannot go on"
                    + " with " + value(name, now.get(name)) + ": choose another folder with run=, or use resume="
                    + folder);
            }
        }
    }

    private static String value(String name, String text) {
        return text == null ? "no '" + name + "'" : "'" + name + "' " + text;
    }

    Path folder() {
        return folder;
    }

    StudySettings settings() {
        return settings;
    }

    StageSettings stages() {
        return stages;
    }

    /** The first one is the baseline. */
    List<Objective> objectives() {
        return objectives;
    }

    List<Long> seeds() {
        return seeds;
    }

    /** All arms, in the order in which they are done. */
    public List<Arm> arms() {
        return arms;
    }

    /** The stages that each arm has. */
    public List<StageKind> kinds() {
        List<StageKind> kinds = new ArrayList<>(List.of(StageKind.values()));
        if (!stages.hasMidtraining()) {
            kinds.remove(StageKind.MIDTRAIN);
        }
        return kinds;
    }
}
