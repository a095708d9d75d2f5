package org.llmrlpt.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

@EnabledIf("org.llmrlpt.kernels.TestedKernels#isFallback")
class BenchGenerateTest {
    private static final String[] SMALL = {"bench", "generate", "model.layers=1", "model.width=32", "model.heads=2",
        "model.kv-heads=1", "model.head-width=16", "model.ffn=32", "prompt=3", "new-tokens=4", "repetitions=2",
        "warmup-seconds=0", "--json"};

    private final Commandline commands = new Commandline();

    @Test
    void theLastLineSaysHowManyTokensASecond() throws IOException {
        String[] lines = commands.succeed(with("sequences=6", "group=3", "slots=2")).strip().split("\n");
        JsonNode json = new ObjectMapper().readTree(lines[lines.length - 1]);
        double rate = json.get("tokens_per_second").asDouble();
        assertTrue(rate > 0);
        assertTrue(json.get("tokens_per_second_min").asDouble() <= rate);
        assertTrue(json.get("tokens_per_second_max").asDouble() >= rate);
        assertEquals(6, json.get("sequences").asInt());
        assertEquals(2, json.get("slots").asInt());
    }

    @Test
    void groupsThatDoNotDivideTheSequencesAreRefused() {
        commands.refuse(new String[] {"'group' is 4", "'sequences'"}, with("sequences=6", "group=4"));
    }

    private static String[] with(String... more) {
        String[] all = new String[SMALL.length + more.length];
        System.arraycopy(SMALL, 0, all, 0, SMALL.length);
        System.arraycopy(more, 0, all, SMALL.length, more.length);
        return all;
    }
}
