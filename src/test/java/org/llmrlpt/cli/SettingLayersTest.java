package org.llmrlpt.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        assertEquals(2, main.run("pretrain", "model=none"));
        assertEquals(1, main.err().lines().count(), main.err());
        assertFalse(main.err().contains("\tat "));
    }

    @Test
    void aCommandWithoutAModelReadsNoModelFile() throws IOException {
        assertEquals(0, main.run("bench", "config=" + file("c.json", "{\"count\": 6}")), main.err());
        assertEquals(new CommandLineHarness.Small(6, null), main.ran.getFirst());
    }
}
