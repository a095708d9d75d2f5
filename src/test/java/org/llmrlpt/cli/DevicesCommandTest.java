package org.llmrlpt.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;
import org.llmrlpt.device.TornadoSettings;

class DevicesCommandTest {
    @Test
    void showsRuntimeDevicesKernelsAndTheLineForTornadoVm() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        assertEquals(0, new Main(Commands.all(), new Console(out, false, 0), System.err)
            .run(new String[] {"devices"}));
        String shown = bytes.toString(StandardCharsets.UTF_8);
        assertTrue(shown.contains(TornadoSettings.isFallback() ? "CPU fallback" : "TornadoVM 5"), shown);
        assertTrue(shown.contains(FloatVector.SPECIES_PREFERRED.vectorBitSize() + "-bit vectors"), shown);
        assertTrue(shown.lines().anyMatch(l -> l.startsWith("products ") && l.contains("FP32")), shown);
        assertTrue(shown.lines().anyMatch(l -> l.startsWith("0:0 ") && l.endsWith("(default)")), shown);
        assertTrue(shown.contains("-jar " + Path.of("target/llm-rlpt.jar").toAbsolutePath() + " pretrain"), shown);
    }
}
