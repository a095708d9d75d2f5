package org.llmrlpt.study;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One objective with one seed.
 *
 * @param folder holds a folder for each stage
 */
public record Arm(Objective objective, long seed, Path folder) {
    /** The folder of a stage. */
    Path stage(StageKind kind) {
        return folder.resolve(kind.folder());
    }

    /** Whether a stage is done. */
    boolean has(StageKind kind) {
        return Files.isRegularFile(stage(kind).resolve(kind.lastFile()));
    }

    /** For people. */
    @Override
    public String toString() {
        return objective.name() + ", seed " + seed;
    }
}
