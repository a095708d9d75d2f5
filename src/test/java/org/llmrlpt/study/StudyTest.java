package org.llmrlpt.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmrlpt.cli.Commandline;
import org.llmrlpt.cli.KernelSets;
import org.llmrlpt.config.Binder;
import org.llmrlpt.config.ConfigFiles;
import org.llmrlpt.config.StudySettings;
import org.llmrlpt.config.TaskSettings;
import org.llmrlpt.files.AtomicFolder;
import org.llmrlpt.files.JsonFile;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.report.Curve;

/** The command as a user runs it, on models so small that a whole study takes seconds. */
@Tag("programs")
class StudyTest {
    private static final Path TINY = Path.of("docs/studies/tiny.json");

    @TempDir
    private static Path folder;
    private static Path whole;
    private static String printed;
    private final Commandline commands = new Commandline();

    @BeforeAll
    static void compare() {
        whole = folder.resolve("whole");
        printed = new Commandline().succeed("study", "config=" + TINY, "run=" + whole);
    }

    @Test
    void everyObjectiveAndSeedIsMeasuredBeforeAndAfterReinforcementLearning() {
        JsonNode results = JsonFile.readObject(whole.resolve("results.json"));
        assertEquals(4, results.get("arms").size());
        List<String> order = new ArrayList<>();
        for (JsonNode arm : results.get("arms")) {
            order.add(arm.get("objective").asText() + " " + arm.get("seed").asInt());
            for (String view : new String[] {"before", "after"}) {
                for (Figure figure : Figure.values()) {
                    assertTrue(arm.get(view).get(figure.key()).isNumber(), view + " " + figure);
                }
            }
        }
        assertEquals(List.of("cross-entropy 1", "beta=-0.25 1", "cross-entropy 2", "beta=-0.25 2"), order);
        JsonNode shaped = results.get("objectives").get("beta=-0.25");
        double[] entropies = {results.get("arms").get(1).get("before").get("entropy").asDouble(),
            results.get("arms").get(3).get("before").get("entropy").asDouble()};
        JsonNode mean = shaped.get("before").get("entropy");
        assertEquals((entropies[0] + entropies[1]) / 2, mean.get("value").asDouble(), 1e-12);
        assertTrue(mean.get("low").asDouble() < mean.get("value").asDouble());
        assertEquals(mean.get("value").asDouble() - results.get("objectives").get("cross-entropy").get("before")
            .get("entropy").get("value").asDouble(), shaped.get("before_minus_baseline").get("entropy").get("value")
            .asDouble(), 1e-12);
    }

    @Test
    void thePageHasAllCurvesAndTables() throws IOException {
        String html = Files.readString(whole.resolve("report.html"));
        for (String title : new String[] {"Pre-training: perplexity", "Pre-training: entropy",
            "Pre-training: perplexity on held-out text", "Pre-training: entropy on held-out text",
            "Mid-training: perplexity on held-out text", "Mid-training: entropy on held-out text",
            "RL: accuracy on held-out problems", "RL: reward", "RL: entropy", "RL: response length",
            "Pass@k before RL", "Pass@k after RL"}) {
            assertTrue(html.contains(">" + title + "<") || html.matches("(?s).*>\\s*" + title + "\\s*<.*"), title);
        }
        for (String text : new String[] {"Before RL", "After RL", "Change by RL", "difference to cross-entropy",
            "Avg@4", "Cons@4", "Pass@2", "beta=-0.25, seed 2"}) {
            assertTrue(html.contains(text), text);
        }
        assertFalse(html.contains("has not finished"));
        assertFalse(html.replace("http://www.w3.org/", "").contains("http"), "no address of anything else");
    }

    @Test
    void progressIsALinePerStageWithTheTimeLeft() {
        assertTrue(printed.contains("20/20 beta=-0.25, seed 2, eval-rl: 20 samples in"), printed);
        assertTrue(printed.contains("the study has"), printed);
        assertEquals(20, printed.lines().filter(l -> l.matches("\\d+/20 .* in (\\d+m )?\\d+s.*")).count(), printed);
    }

    @Test
    void aStudyThatIsStoppedAgainAndAgainHasTheSameResults() throws IOException {
        Path stopped = folder.resolve("stopped");
        int stops = 0;
        for (int patience = 1; !run(stopped, patience); patience = patience * 2 + 1) {
            stops++;
        }
        assertTrue(stops >= 5, "stopped " + stops + " times");
        assertEquals(Files.readString(whole.resolve("results.json")),
            Files.readString(stopped.resolve("results.json")));
    }

    /** Works until the stop signal has been asked for so often. */
    private static boolean run(Path at, int patience) {
        StudySettings settings = Binder.bind(StudySettings.class, ConfigFiles.read(TINY));
        Kernels kernels = KernelSets.choose(settings.device());
        AtomicInteger asked = new AtomicInteger();
        try (Study study = Study.open(new StudyPlan(at, settings), Set.of(), kernels, new Silent())) {
            return study.run(() -> asked.incrementAndGet() > patience);
        }
    }

    @Test
    void whatAKilledProcessLeavesIsDoneAgain() throws IOException {
        Path killed = folder.resolve("killed");
        String[] one = {"study", "config=" + TINY, "run=" + killed, "study.seeds=1", "study.objectives=0,0,0"};
        commands.succeed(one);
        String before = Files.readString(killed.resolve("results.json"));
        Path arm = killed.resolve("cross-entropy/seed-1");
        Files.delete(arm.resolve("eval-rl/results.json"));
        Files.delete(arm.resolve("rl/summary.json"));
        AtomicFolder.delete(arm.resolve("rl/checkpoints/step-000004"));
        Files.delete(killed.resolve("results.json"));
        Files.delete(killed.resolve("report.html"));
        String again = commands.succeed(one);
        assertTrue(again.contains("4/5 cross-entropy, seed 1, rl") && !again.contains("3/5"), again);
        assertEquals(before, Files.readString(killed.resolve("results.json")));
        String nothing = commands.succeed("study", "resume=" + killed);
        assertFalse(nothing.contains("/5 "), nothing);
        assertTrue(Files.exists(killed.resolve("report.html")));
        commands.refuse(new String[] {"'rl.steps' 4", "'rl.steps' 5", "resume="}, "study", "config=" + TINY,
            "run=" + killed, "study.seeds=1", "study.objectives=0,0,0", "rl.steps=5");
    }

    @Test
    void thePageCanBeWrittenAtAnyTime() throws IOException {
        Path page = folder.resolve("page.html");
        commands.succeed("report", "run=" + whole, "output=" + page);
        assertTrue(Files.size(page) > 10_000);
        Path empty = folder.resolve("empty");
        StudySettings settings = Binder.bind(StudySettings.class, ConfigFiles.read(TINY));
        Study.open(new StudyPlan(empty, settings), Set.of(), KernelSets.choose(settings.device()), new Silent())
            .close();
        commands.refuse(new String[] {"measured nothing yet"}, "report", "run=" + empty);
    }

    @Test
    void mistakesInAnyStageAreFoundBeforeTheFirstStep() {
        refuse("'pretrain.steps'", "pretrain.steps=x");
        refuse("'pretrain.tokens-per-step'", "pretrain.tokens-per-step=5");
        refuse("'pretrain.stepz'", "pretrain.stepz=5");
        refuse("'pretrain.seed'", "pretrain.seed=5");
        refuse("'rl.device.cuda-graphs'", "rl.device.cuda-graphs=true");
        refuse("'pretrain.objective.beta'", "pretrain.objective.beta=1");
        refuse("no/such/text", "pretrain.data=no/such/text");
        refuse("no/such/model", "pretrain.model=no/such/model.json");
        refuse("'midtrain.model.layers'", "midtrain.model.layers=3");
        refuse("'midtrain.schedule'", "midtrain.schedule=x");
        refuse("'rl.group'", "rl.group=1");
        refuse("'rl.max-new-tokens'", "rl.max-new-tokens=90");
        refuse("nosuchtask", "rl.task=nosuchtask");
        refuse("'rl.threads'", "rl.threads=2");
        refuse("'eval.task'", "rl.task=src/test/resources/gsm8k/test.jsonl");
        refuse("'eval.samples'", "eval.samples=0");
        refuse("'eval.max-new-tokens'", "eval.max-new-tokens=95");
        refuse("'study.pass-k'", "study.pass-k=5");
        refuse("'study.seeds'", "study.seeds=3-1");
        refuse("'study.objectives'", "study.objectives=0,0");
        refuse("'study.objectives'", "study.objectives=0,0,0;0,0,0");
        refuse("'study.objectives'", "study.objectives=../up:0,0,0");
        refuse("'pretrain.objective.beta'", "study.objectives=99,0,0");
        assertFalse(Files.exists(folder.resolve("bad")), "nothing is left behind");
        commands.refuse(new String[] {"not a study"}, "study", "config=" + TINY, "run=" + TINY.getParent());
    }

    private void refuse(String part, String setting) {
        commands.refuse(new String[] {part}, "study", "config=" + TINY, "run=" + folder.resolve("bad"), setting);
    }

    @Test
    void whatWasTrainedOnIsNotMeasuredWith() {
        Map<String, String> settings = ConfigFiles.read(TINY);
        settings.put("rl.task", "train.jsonl");
        settings.put("rl.task.held-out", "others.jsonl");
        StudyPlan plan = new StudyPlan(folder, Binder.bind(StudySettings.class, settings));
        TaskSettings task = plan.stages().eval(StageKind.EVAL_RL, plan.arms().getFirst(), "model").task();
        assertEquals("others.jsonl", task.name());
        assertNull(task.heldOut());
    }

    @Test
    void theStudyOfTheReadmeIsComplete() {
        new StudyPlan(folder.resolve("small"), Binder.bind(StudySettings.class,
            ConfigFiles.read(Path.of("docs/studies/small.json")))).check();
    }

    @Test
    void intervalsOverSeedsAreStudents() {
        SeedMean spread = SeedMean.of(new double[] {1, 2, 6});
        assertEquals(3, spread.value(), 1e-12);
        // t(2, 0.975) = 4.302653; the sample's standard deviation is sqrt(7).
        assertEquals(3 - 4.302653 * Math.sqrt(7.0 / 3), spread.low(), 1e-5);
        assertEquals(3 + 4.302653 * Math.sqrt(7.0 / 3), spread.high(), 1e-5);
        assertTrue(Double.isNaN(SeedMean.of(new double[] {5}).low()));
    }

    @Test
    void aBandIsTheRangeOfTheSeedsWhereAllOfThemAre() {
        Curve band = StudyCharts.band("b", List.of(new Curve("b", new double[] {1, 2, 3}, new double[] {1, 2, 3}, null,
            null), new Curve("b", new double[] {1, 2}, new double[] {3, 8}, null, null))).orElseThrow();
        assertEquals(List.of(2.0, 5.0), List.of(band.y()[0], band.y()[1]));
        assertEquals(2, band.x().length);
        assertEquals(2, band.low()[1]);
        assertEquals(8, band.high()[1]);
    }

    @Test
    void timeLeftIsKnownWhenAllKindsThatAreLeftWereTimed() {
        TimeLeft left = new TimeLeft();
        left.took(StageKind.PRETRAIN, 10);
        left.took(StageKind.PRETRAIN, 20);
        assertEquals(OptionalDouble.of(30), left.of(List.of(StageKind.PRETRAIN, StageKind.PRETRAIN)));
        assertTrue(left.of(List.of(StageKind.PRETRAIN, StageKind.RL)).isEmpty());
    }

    /** Hears nothing. */
    private static final class Silent implements StudyListener {
        @Override
        public void begins(Arm arm, StageKind kind, int number, int of) { }

        @Override
        public void planned(String unit, long done, long total) { }

        @Override
        public void at(long done, String note) { }

        @Override
        public void finished(OptionalDouble secondsLeft) { }
    }
}
