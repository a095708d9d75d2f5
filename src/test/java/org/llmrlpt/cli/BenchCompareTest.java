package org.llmrlpt.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

@DisabledOnOs(OS.WINDOWS)
@Tag("programs")
class BenchCompareTest {
    private static final List<String> SMALL = List.of("bench", "compare", "model.layers=1", "model.width=16",
        "model.heads=2", "model.kv-heads=1", "model.head-width=8", "model.ffn=24", "length=16", "batch=4", "steps=2",
        "warmup=1", "warmup-seconds=0");

    private final Commandline commands = new Commandline();

    private static String[] compare(String... more) {
        List<String> args = new ArrayList<>(SMALL);
        args.addAll(List.of(more));
        return args.toArray(String[]::new);
    }

    @Test
    void theRatioOfMediansIsOursOverTheirs() throws Exception {
        String shown = commands.succeed(compare("rounds=2", "--json",
            "command=echo begin; echo '{\"speed\": {\"tokens\": 250}}'", "field=speed.tokens"));
        JsonNode json = new ObjectMapper().readTree(shown.lines().toList().getLast());
        assertEquals(2, json.get("ours").size());
        assertEquals(250, json.get("theirs").get(1).asDouble());
        double middle = (json.get("ours").get(0).asDouble() + json.get("ours").get(1).asDouble()) / 2;
        assertEquals(middle / 250, json.get("ratio").asDouble(), 1e-9 * middle);
        assertTrue(json.get("ratio_min").asDouble() <= json.get("ratio").asDouble());
        assertTrue(shown.contains("ratio of medians"), shown);
    }

    @Test
    void aFigureCanBeFoundByARegularExpression() throws Exception {
        String shown = commands.succeed(compare("rounds=1", "--json", "our-field=parameters",
            "command=echo warm 1,000 tok/s; echo done 2,000 tok/s", "pattern=([0-9,.]+) tok/s"));
        JsonNode json = new ObjectMapper().readTree(shown.lines().toList().getLast());
        assertEquals(2000, json.get("theirs").get(0).asDouble());
        assertEquals(json.get("ours").get(0).asDouble() / 2000, json.get("ratio").asDouble(), 1e-12);
    }

    @Test
    void whatGoesWrongOutsideIsOneSentence() {
        commands.refuse(new String[] {"exit code 3", "no such model"},
            compare("command=echo epoch 1; echo no such model >&2; exit 3"));
        commands.refuse(new String[] {"not JSON", "hello"}, compare("command=echo hello"));
        commands.refuse(new String[] {"tokens_per_second", "{\"other\": 5}"}, compare("command=echo '{\"other\": 5}'"));
        commands.refuse(new String[] {"no match", "hello"}, compare("command=echo hello", "pattern=([0-9]+)"));
        commands.refuse(new String[] {"group"}, compare("command=echo", "pattern=[0-9]+"));
        commands.refuse(new String[] {"'command' is missing"}, compare());
    }
}
