package org.llmrlpt.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmrlpt.config.GpuCheckSettings;
import org.llmrlpt.files.JsonFile;

/** With steps of known length: of one that ends at once and one that outlasts the check. */
class GpuCheckTimeTest {
    @TempDir
    Path folder;

    @Test
    void theStepThatRunsWhenTimeIsOverIsStoppedAndTheOthersAreLeftOut() throws Exception {
        GpuCheckSettings settings = new GpuCheckSettings(folder.toString(), GpuCheckSettings.Size.SMALL, 0.2, "gpu",
            "kernels-real");
        List<String> shown = new ArrayList<>();
        GpuCheck check = new GpuCheck(settings, List.of("fp32", "fp16"), step -> List.of("true"),
            step -> List.of("sleep", "600"));
        assertTrue(check.run(shown::add), "what was left out is no failure");
        JsonNode all = JsonFile.readObject(folder.resolve("gpu-check.json"));
        assertEquals("ok", all.path("steps").get(0).path("outcome").asText(), shown.toString());
        assertEquals("stopped when the 0.2 minutes were over", all.path("steps").get(1).path("message").asText());
        assertEquals("no time was left", all.path("steps").get(2).path("message").asText());
        assertEquals("3 steps: 1 ok, 2 left out; not checked: kernels-real-fp32, kernels-real-fp16",
            all.path("summary").asText());
        assertTrue(all.path("seconds").asDouble() >= 12, all.toString());
    }
}
