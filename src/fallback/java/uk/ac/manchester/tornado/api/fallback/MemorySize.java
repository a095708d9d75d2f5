package uk.ac.manchester.tornado.api.fallback;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes such as "512MB" and "2GB". */
final class MemorySize {
    private static final Pattern FORM = Pattern.compile("(\\d+)(MB|GB)");

    private MemorySize() { }

    /** Returns the bytes. */
    static long parse(String text) {
        Matcher match = FORM.matcher(text.trim());
        if (!match.matches()) {
            throw new IllegalArgumentException("A memory size is a number followed by MB or GB, not " + text);
        }
        return Long.parseLong(match.group(1)) << (match.group(2).equals("MB") ? 20 : 30);
    }
}
