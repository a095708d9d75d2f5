package org.llmrlpt.config;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** What {@code bench compare} runs: our training step, as {@code bench train} takes it, and another program. */
public record BenchCompareSettings(
    BenchTrainSettings ours,
    @Key(value = "command", help = "the other program with its arguments, as a shell would take it") String command,
    @Key(value = "field", or = "tokens_per_second",
        help = "its figure: a field of the JSON object in its last line; dots for fields of fields") String field,
    @Key(value = "pattern", help = "its figure where it prints no JSON: a regular expression whose first group is a"
        + " number; the last match counts") String pattern,
    @Key(value = "our-field", or = "tokens_per_second",
        help = "our figure: a field of what bench train --json prints") String ourField,
    @Key(value = "rounds", or = "5", min = 1, max = 1000, help = "how often each of the two runs") int rounds) {

    public BenchCompareSettings {
        if (command == null) {
            throw new UserError("setting 'command' is missing: give the other program, such as command=\"python3"
                + " torch_train.py --json\"");
        }
        if (pattern != null) {
            requireGroup(pattern);
        }
    }

    private static void requireGroup(String pattern) {
        try {
            if (Pattern.compile(pattern).matcher("").groupCount() > 0) {
                return;
            }
        } catch (PatternSyntaxException e) {
            throw new UserError("setting 'pattern' is not a regular expression: " + e.getDescription(), e);
        }
        throw new UserError("setting 'pattern' must have a group for the number, such as 'tokens/s: ([0-9.]+)', not '"
            + pattern + "'");
    }
}
