package org.llmrlpt.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmrlpt.config.BenchTrainSettings;
import org.llmrlpt.config.Binder;
import org.llmrlpt.config.ModelSettings;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.config.PretrainSettings;
import org.llmrlpt.config.UserError;
import org.llmrlpt.nn.ParameterLayout;

class SettingLayersTest {
    @TempDir
    private Path folder;
    private final CommandLineHarness main = new CommandLineHarness();

    private String file(String name, String json) throws IOException {
        return Files.writeString(folder.resolve(name), json).toString();
    }

    @Test
    void theCommandLineWinsOverTheConfigFileWhichWinsOverTheModelFileWhichWinsOverDefaults() throws IOException {
        String model = file("model.json", "{\"layers\": 1, \"width\": 32, \"heads\": 2, \"rope-base\": 500}");
        String config = file("config.json", "{\"model\": \"" + model.replace("\\", "\\\\")
            + "\", \"model.width\": 64, \"steps\": 7, \"objective\": {\"k\": 9}}");
        assertEquals(0, main.run("pretrain", "steps=8", "--config", config), main.err());
        var settings = main.pretrain();
        assertEquals(8, settings.steps(), "command line");
        assertEquals(64, settings.training().model().width(), "config file over model file");
        assertEquals(9, settings.training().objective().k(), "config file, nested");
        assertEquals(500, settings.training().model().ropeBase(), "model file over default");
        assertEquals(16, settings.training().batch(), "default");
    }

    @Test
    void theDefaultModelFileIsReadWhenNobodyNamesOne() {
        assertEquals(0, main.run("pretrain"), main.err());
        assertEquals("models/tiny.json", main.pretrain().training().model().file());
        assertEquals(4, main.pretrain().training().model().layers());
    }

    @Test
    void singleValuesOfTheModelCanBeOverridden() {
        assertEquals(0, main.run("pretrain", "model=models/tiny.json", "model.layers=2"), main.err());
        assertEquals(2, main.pretrain().training().model().layers());
        assertEquals(256, main.pretrain().training().model().width());
    }

    @Test
    void aModelNamedOnTheCommandLineReplacesTheConfigFilesModelAltogether() throws IOException {
        String config = file("config.json", "{\"model\": \"models/tiny.json\", \"model.layers\": 1, \"steps\": 7}");
        assertEquals(0, main.run("pretrain", "config=" + config, "model=models/gpt2.json"), main.err());
        assertEquals(12, main.pretrain().training().model().layers());
        assertEquals(7, main.pretrain().steps());
    }

    @Test
    void theModelsThatComeWithTheProgramHaveTheSizesOfTheirNames() {
        Map<String, long[]> sizes = Map.of("tiny", new long[] {3_000_000, 3_500_000},
            "small", new long[] {14_000_000, 18_000_000}, "gpt2", new long[] {118_000_000, 130_000_000},
            "dense-1b", new long[] {800_000_000, 1_300_000_000},
            "dense-4b", new long[] {3_400_000_000L, 4_500_000_000L});
        sizes.forEach((name, bounds) -> {
            assertEquals(0, main.run("pretrain", "model=" + name), main.err());
            ModelSettings model = main.pretrain().training().model();
            int tokenizer = name.startsWith("dense") ? 151_936 : 257;
            ModelShape shape = model.shape(tokenizer, 1024);
            long parameters = shape.parameters();
            assertTrue(parameters >= bounds[0] && parameters <= bounds[1], name + " has " + parameters);
            if (name.equals("dense-4b")) { // as the README says
                UserError refusal = assertThrows(UserError.class, () -> ParameterLayout.of(shape));
                assertTrue(refusal.getMessage().contains("2^31"), refusal.getMessage());
            } else {
                assertTrue(ParameterLayout.of(shape).elements() >= parameters);
            }
        });
        for (String name : List.of("moe-5b-a0.3b", "moe-10b-a0.5b")) {
            assertEquals(0, main.run("pretrain", "model=" + name), main.err());
            ModelSettings model = main.pretrain().training().model();
            assertTrue(assertThrows(UserError.class, () -> model.shape(257, 1024)).getMessage()
                .contains("mixture of experts"));
        }
    }

    @Test
    void theNamesThatOtherProgramsRelyOnAreThere() {
        List<String> step = List.of("model", "model.layers", "model.width", "model.heads", "model.kv-heads",
            "model.head-width", "model.ffn", "model.vocabulary", "model.tied", "model.qk-norm", "data", "tokenizer",
            "length", "batch", "tokens-per-step", "seed", "threads", "objective.beta", "objective.lambda-head",
            "objective.lambda-tail", "objective.k", "optimizer.lr", "optimizer.weight-decay", "optimizer.clip",
            "schedule", "device", "device.matmul", "device.memory", "steps");
        List<String> run = List.of("run", "resume", "check-finite", "debug.replay");
        assertTrue(names(BenchTrainSettings.class).containsAll(step));
        assertTrue(names(PretrainSettings.class).containsAll(step));
        assertTrue(names(PretrainSettings.class).containsAll(run));
    }

    private static List<String> names(Class<? extends Record> settings) {
        return Binder.settings(settings).stream().map(Binder.Setting::name).toList();
    }

    @Test
    void unknownNamesInFilesAreRefusedWithTheFileAndASuggestion() throws IOException {
        String config = file("config.json", "{\"stepz\": 7}");
        assertEquals(2, main.run("pretrain", "config=" + config));
        assertTrue(main.err().contains("there is no setting 'stepz', which stands in " + config
            + " (did you mean 'steps'?)"), main.err());
        String model = file("model.json", "{\"layer\": 7}");
        assertEquals(2, main.run("pretrain", "model=" + model));
        assertTrue(main.err().contains("'model.layer', which stands in " + model), main.err());
    }

    @Test
    void missingAndBrokenFilesAreOneSentence() throws IOException {
        assertEquals(2, main.run("pretrain", "config=" + folder.resolve("none.json")));
        assertEquals(1, main.err().lines().count(), main.err());
        assertEquals(2, main.run("pretrain", "config=" + file("broken.json", "{\"steps\": ")));
        assertEquals(1, main.err().lines().count(), main.err());
        for (String name : List.of("none", "no/such/folder/small.json")) {
            assertEquals(2, main.run("pretrain", "model=" + name));
            assertEquals(1, main.err().lines().count(), main.err());
            assertFalse(main.err().contains("\tat "));
        }
    }

    @Test
    void whatStandsTwiceOrHasNoPlaceInAConfigFileIsRefused() throws IOException {
        String[][] cases = {{"{\"steps\": 1, \"steps\": 2}", "steps"}, {"{\"steps\": 1} {\"steps\": 2}", "JSON"},
            {"{\"evaluate\": {\"every\": 1}, \"evaluate.every\": 2}", "'evaluate.every'"},
            {"{\"resume\": \"runs/pretrain-1\"}", "'resume'"}};
        for (String[] c : cases) {
            Path config = Files.writeString(folder.resolve("config.json"), c[0]);
            assertEquals(2, main.run("pretrain", "config=" + config), c[0]);
            assertTrue(main.err().contains("config.json") && main.err().contains(c[1]), main.err());
        }
    }

    @Test
    void aCommandWithoutAModelReadsNoModelFile() throws IOException {
        assertEquals(0, main.run("bench", "config=" + file("c.json", "{\"count\": 6}")), main.err());
        assertEquals(new CommandLineHarness.Small(6, null), main.ran.getFirst());
    }
}
