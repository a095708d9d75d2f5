package org.llmrlpt.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("programs")
class BenchKernelsTest {
    private static final String[] SMALL = {"bench", "kernels", "model.layers=1", "model.width=16", "model.heads=2",
        "model.kv-heads=1", "model.head-width=8", "model.ffn=24", "length=16", "batch=4", "seconds=0.01", "threads=2"};

    private final Commandline commands = new Commandline();

    private static String[] small(String... more) {
        String[] all = Arrays.copyOf(SMALL, SMALL.length + more.length);
        System.arraycopy(more, 0, all, SMALL.length, more.length);
        return all;
    }

    @Test
    void everyPrimitiveStandsBesideTheCeilingsOfItsThreads() throws Exception {
        String shown = commands.succeed(small("--json"));
        JsonNode json = new ObjectMapper().readTree(shown.lines().toList().getLast());
        assertEquals(2, json.get("ceilings").size(), "two threads and one");
        Set<String> names = new HashSet<>();
        for (JsonNode k : json.get("kernels")) {
            assertTrue(names.add(k.get("name").asText() + k.get("threads")), k.toString());
            assertTrue(k.get("ms_min").asDouble() <= k.get("ms").asDouble(), k.toString());
            assertTrue(k.get("runs").asInt() >= 5, k.toString());
            JsonNode ceiling = json.get("ceilings").get(k.get("threads").asInt() == 2 ? 0 : 1);
            double beside = k.get("copy_ceiling_gb_per_second").asDouble();
            assertTrue(beside <= ceiling.get("gb_per_second").asDouble(), k.toString());
            assertEquals(k.get("gb_per_second").asDouble() / beside, k.get("share_of_copy_ceiling").asDouble(), 1e-9);
        }
        for (String name : new String[] {"linear dW, qkv", "attention backward", "head, shaped", "adamw", "embedding",
            "qk-norm and rope", "rms norm backward"}) {
            assertTrue(names.contains(name + "2") && names.contains(name + "1"), names.toString());
        }
        JsonNode forward = json.get("kernels").get(0);
        assertEquals("64 x 16 x 32", forward.get("shape").asText());
        assertEquals(2.0 * 64 * 16 * 32 / forward.get("ms").asDouble() / 1e6, forward.get("gflops").asDouble(), 1e-9);
    }

    @Test
    void gpuKernelsRunThroughTheSameGraphs() {
        String shown = commands.succeed(small("device=gpu", "only=linear, o"));
        assertTrue(shown.contains("gpu kernels") && shown.contains("64 x 16 x 16"), shown);
    }

    @Test
    void aNameThatNoPrimitiveHasIsRefused() {
        commands.refuse(new String[] {"'convolution'", "only"}, small("only=convolution"));
    }
}
