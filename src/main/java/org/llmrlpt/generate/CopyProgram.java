package org.llmrlpt.generate;

import java.util.Arrays;
import org.llmrlpt.device.Program;
import org.llmrlpt.device.ProgramBuilder;
import org.llmrlpt.device.Session;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.Kernels;

/** Gives the beginning of a prompt that one slot holds to the other samples of its group. */
final class CopyProgram {
    private final Tensor sources;
    private final Tensor counts;
    private final int[] source;
    private final int[] count;
    private final Program program;
    private boolean pending;

    /** Records the program for all slots of a cache. */
    CopyProgram(Session session, Kernels kernels, KeyValueCache cache) {
        ProgramBuilder p = session.program("share");
        sources = p.integerInput("sources", cache.slots());
        counts = p.integerInput("counts", cache.slots());
        source = new int[cache.slots()];
        count = new int[cache.slots()];
        kernels.cacheCopy(p, sources, counts, cache.all(), cache.length());
        program = p.build();
    }

    /** The next run will copy the first {@code rows} rows of slot {@code from} to slot {@code to}. */
    void add(int from, int to, int rows) {
        source[to] = from;
        count[to] = rows;
        pending = true;
    }

    /** Copies what was added since the last run. */
    void run() {
        if (pending) {
            program.set(sources, source);
            program.set(counts, count);
            program.run();
            Arrays.fill(count, 0);
            pending = false;
        }
    }
}
