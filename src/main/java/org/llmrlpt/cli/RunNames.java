package org.llmrlpt.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** Names for the folders of runs that were given none. */
final class RunNames {
    private RunNames() {
    }

    /** The prefix with the first number from 1 for which nothing is there yet. */
    static String nextFree(String prefix) {
        int n = 1;
        while (Files.exists(Path.of(prefix + n))) {
            n++;
        }
        return prefix + n;
    }
}
