package org.llmrlpt.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One source of a mixture.
 *
 * @param source a path; null for the built-in text
 * @param weight its share of the windows, beside the weights of the others
 */
public record DataPart(String source, double weight) {
    private static final String BUILT_IN = "builtin";

    /**
     * The sources that the setting {@code data} names: one path, or {@code PATH:WEIGHT} parted by commas, where
     * {@code builtin} is the built-in text and a weight that is left out is 1. A path that exists is never taken apart.
     */
    static List<DataPart> parse(String text) {
        if (text == null || Files.exists(Path.of(text))) {
            return List.of(new DataPart(text, 1));
        }
        List<DataPart> parts = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            parts.add(one(part.strip(), text));
        }
        return parts;
    }

    private static DataPart one(String part, String text) {
        int colon = part.lastIndexOf(':');
        String source = colon < 0 || Files.exists(Path.of(part)) ? part : part.substring(0, colon);
        double weight = 1;
        try {
            weight = source.equals(part) ? 1 : Double.parseDouble(part.substring(colon + 1));
        } catch (NumberFormatException e) {
            weight = 0;
        }
        if (source.isEmpty() || !(weight > 0) || Double.isInfinite(weight)) {
            throw new UserError("setting 'data' must be a path, or PATH:WEIGHT,PATH:WEIGHT with weights above 0, not '"
                + text + "'");
        }
        return new DataPart(source.equals(BUILT_IN) ? null : source, weight);
    }
}
