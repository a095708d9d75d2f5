package org.llmrlpt.study;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.llmrlpt.config.UserError;

/**
 * A pre-training objective (paper, Eq. 11 to 13), its numbers as they were written.
 *
 * @param name what it is called in tables and folders
 * @param beta exponent of the target's reward
 * @param lambdaHead reward of other tokens among the k most probable
 * @param lambdaTail reward of all remaining tokens
 */
record Objective(String name, String beta, String lambdaHead, String lambdaTail) {
    /** As many as a chart has colours for. */
    private static final int MOST = 8;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.,=+-]{0,60}");
    private static final String FORM = "be beta,lambda-head,lambda-tail or NAME:beta,lambda-head,lambda-tail, parted by"
        + " semicolons, such as '0,0,0; -0.25,0,0'";

    /** All that the setting {@code study.objectives} names. */
    static List<Objective> parse(String text) {
        List<Objective> all = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (String part : text.split(";", -1)) {
            Objective one = one(part.strip(), text);
            if (!names.add(one.name)) {
                throw new UserError("setting 'study.objectives' has '" + one.name + "' twice: name each one once");
            }
            all.add(one);
        }
        if (all.size() > MOST) {
            throw new UserError("setting 'study.objectives' has " + all.size() + " objectives but may have at most "
                + MOST + ": make two studies");
        }
        return all;
    }

    private static Objective one(String part, String text) {
        int colon = part.indexOf(':');
        String[] numbers = part.substring(colon + 1).split(",", -1);
        if (numbers.length != 3) {
            throw new UserError("setting 'study.objectives' must " + FORM + ", not '" + text + "'");
        }
        String[] clean = new String[3];
        for (int i = 0; i < 3; i++) {
            clean[i] = numbers[i].strip();
            try {
                Double.parseDouble(clean[i]);
            } catch (NumberFormatException e) {
                throw new UserError("setting 'study.objectives' must " + FORM + "; '" + clean[i] + "' is not a number",
                    e);
            }
        }
        String name = colon < 0 ? describe(clean) : part.substring(0, colon).strip();
        if (!NAME.matcher(name).matches()) {
            throw new UserError("setting 'study.objectives' has the name '" + name + "', which must be of letters,"
                + " digits and _.,=+- because it names a folder");
        }
        return new Objective(name, clean[0], clean[1], clean[2]);
    }

    private static String describe(String[] numbers) {
        String[] keys = {"beta", "head", "tail"};
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            if (Double.parseDouble(numbers[i]) != 0) {
                parts.add(keys[i] + "=" + numbers[i]);
            }
        }
        return parts.isEmpty() ? "cross-entropy" : String.join(",", parts);
    }
}
