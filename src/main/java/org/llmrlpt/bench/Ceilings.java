package org.llmrlpt.bench;

import java.lang.foreign.Arena;
import jdk.incubator.vector.FloatVector;
import org.llmrlpt.kernels.cpu.Memory;
import org.llmrlpt.kernels.cpu.VectorMath;
import org.llmrlpt.kernels.cpu.Workers;

/**
 * What the processor can do at best on the threads in use, or a device, measured: multiply-adds between registers, and
 * copying between two blocks of memory.
 *
 * @param gigaflops of a loop of independent fused multiply-adds that touches no memory, GFLOP/s
 * @param gigabytes read and written by a copy, together, GB/s
 * @param tensorGigaflops of FP16 products on tensor cores, GFLOP/s; 0 where they are not used
 */
public record Ceilings(double gigaflops, double gigabytes, double tensorGigaflops) {
    private static final int ROUNDS = 9;
    private static final double WARM_UP_SECONDS = 0.3;
    private static final int ITERATIONS = 100_000;
    /** Independent sums: latency times throughput of the multiply-add on today's cores, and some more. */
    private static final int SUMS = 12;
    /** Multiply-adds are short: so many calls make a task. */
    private static final int CALLS = 40;
    private static final long COPIED_FLOATS = 16L << 20;
    private static final int COPY_TASKS = 64;

    private static volatile boolean warm;

    /** Measures for some tenths of a second, the first time for about a second. */
    public static Ceilings measure() {
        int threads = Workers.threads();
        float[] sink = new float[threads];
        double flops = 2.0 * VectorMath.S.length() * SUMS * ITERATIONS * CALLS * threads;
        double seconds = best(() -> Workers.forEach(threads, t -> {
            for (int i = 0; i < CALLS; i++) {
                sink[t] += multiplyAdd(i);
            }
        }));
        try (Arena arena = Arena.ofShared()) {
            long from = arena.allocate(4 * COPIED_FLOATS, Memory.ALIGNMENT).address();
            long to = arena.allocate(4 * COPIED_FLOATS, Memory.ALIGNMENT).address();
            long part = COPIED_FLOATS / COPY_TASKS;
            double copying = best(() -> Workers.forEach(COPY_TASKS,
                t -> Memory.copy(Memory.at(from, t * part), Memory.at(to, t * part), part)));
            warm = true;
            return new Ceilings(flops / seconds / 1e9, 8 * COPIED_FLOATS / copying / 1e9, 0);
        }
    }

    /** The higher one of each. */
    public Ceilings orHigher(Ceilings other) {
        return new Ceilings(Math.max(gigaflops, other.gigaflops), Math.max(gigabytes, other.gigabytes),
            Math.max(tensorGigaflops, other.tensorGigaflops));
    }

    /** The shortest of several rounds, at first after a warm-up, in seconds: a ceiling is what was reached once. */
    private static double best(Runnable work) {
        long begin = System.nanoTime();
        while (!warm && System.nanoTime() - begin < WARM_UP_SECONDS * 1e9) {
            work.run();
        }
        double best = Double.MAX_VALUE;
        for (int i = 0; i < ROUNDS; i++) {
            long from = System.nanoTime();
            work.run();
            best = Math.min(best, (System.nanoTime() - from) / 1e9);
        }
        return best;
    }

    /** SUMS x ITERATIONS vector multiply-adds; the result keeps the compiler from dropping them. */
    private static float multiplyAdd(float seed) {
        FloatVector x = FloatVector.broadcast(VectorMath.S, 0.999f);
        FloatVector y = FloatVector.broadcast(VectorMath.S, seed);
        FloatVector a = y;
        FloatVector b = y;
        FloatVector c = y;
        FloatVector d = y;
        FloatVector e = y;
        FloatVector f = y;
        FloatVector g = y;
        FloatVector h = y;
        FloatVector i = y;
        FloatVector j = y;
        FloatVector k = y;
        FloatVector l = y;
        for (int n = 0; n < ITERATIONS; n++) {
            a = a.fma(x, y);
            b = b.fma(x, y);
            c = c.fma(x, y);
            d = d.fma(x, y);
            e = e.fma(x, y);
            f = f.fma(x, y);
            g = g.fma(x, y);
            h = h.fma(x, y);
            i = i.fma(x, y);
            j = j.fma(x, y);
            k = k.fma(x, y);
            l = l.fma(x, y);
        }
        return a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).add(i).add(j).add(k).add(l).lane(0);
    }
}
