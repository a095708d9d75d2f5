package org.llmrlpt.config;

import java.util.Map;
import java.util.TreeMap;

/**
 * Length staging: how many tokens an answer may have from which step on.
 *
 * @param byStep tokens by first step; step 0 is among them
 */
public record LengthStages(TreeMap<Long, Integer> byStep) {
    private static final int MOST = 1 << 20;

    /** Reads one number, or {@code STEP:TOKENS} parted by commas; the first stage begins at step 0. */
    public static LengthStages parse(String text) {
        TreeMap<Long, Integer> stages = new TreeMap<>();
        for (String part : text.split(",", -1)) {
            String[] sides = part.strip().split(":", -1);
            try {
                long step = sides.length == 1 ? 0 : Long.parseLong(sides[0]);
                int tokens = Integer.parseInt(sides[sides.length - 1]);
                if (sides.length > 2 || step < 0 || tokens < 1 || tokens > MOST || stages.put(step, tokens) != null) {
                    throw wrong(text);
                }
            } catch (NumberFormatException e) {
                throw wrong(text);
            }
        }
        if (!stages.containsKey(0L)) {
            throw wrong(text);
        }
        return new LengthStages(stages);
    }

    private static UserError wrong(String text) {
        return new UserError("setting 'max-new-tokens' must be a number of tokens, or stages such as 0:512,700:1024 "
            + "that begin with step 0, not '" + text + "'");
    }

    /** The most tokens of an answer in a step, counted from 0. */
    public int at(long step) {
        Map.Entry<Long, Integer> stage = byStep.floorEntry(step);
        return stage.getValue();
    }

    /** The most tokens of any stage. */
    public int longest() {
        return byStep.values().stream().mapToInt(Integer::intValue).max().orElseThrow();
    }
}
