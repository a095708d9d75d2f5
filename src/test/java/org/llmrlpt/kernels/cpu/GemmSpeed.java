package org.llmrlpt.kernels.cpu;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Measures {@link Gemm}: GFLOP/s on one and two threads and the share of what fused multiply-adds in registers reach
 * just before and after each sample, so that a busy host slows both. Arguments select rows of the table by a part of
 * their name; -Dthreads=1 leaves out the second thread, -Dms= is the time of a figure.
 */
final class GemmSpeed {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final long WARM_UP = 1_000_000_000L;
    private static final long SAMPLE_TIME = Long.getLong("ms", 400) * 1_000_000;
    private static final int FMA_ROUNDS = 100_000;
    private static final int MAX_THREADS = Integer.getInteger("threads", 2);
    private static volatile float sink;

    private record Row(String kind, int m, int n, int k) {
        @Override
        public String toString() {
            return kind + " " + m + "x" + k + "x" + n;
        }
    }

    /** M, N and K as in {@link Gemm}: C is M x N, sums of K. */
    private static final Row[] ROWS = {
        new Row("nt", 4096, 1024, 384), new Row("nt", 4096, 384, 1024), new Row("nt", 4096, 4096, 384),
        new Row("nn", 4096, 384, 1024), new Row("nn", 4096, 1024, 384), new Row("nn", 4096, 384, 4096),
        new Row("tn", 1024, 384, 4096), new Row("tn", 384, 1024, 4096), new Row("tn", 4096, 384, 4096),
        new Row("nt", 1001, 333, 517), new Row("nn", 1001, 333, 517), new Row("tn", 1001, 333, 517),
        new Row("nt", 768, 384, 128), new Row("nn", 768, 128, 384), new Row("tn", 384, 128, 768),
        new Row("nt", 4096, 704, 256), new Row("nn", 4096, 256, 704), new Row("tn", 704, 256, 4096),
        new Row("nt", 256, 50304, 384), new Row("nn", 256, 384, 50304), new Row("tn", 50304, 384, 256),
        new Row("nt", 1, 1024, 384), new Row("nt", 8, 1024, 384), new Row("nt", 16, 1024, 384),
        new Row("nt", 32, 1024, 384), new Row("nt", 64, 1024, 384), new Row("nt", 128, 1024, 384),
        new Row("nt", 256, 1024, 384), new Row("nt", 64, 384, 1024), new Row("nt", 1, 4096, 384),
        new Row("nt", 64, 4096, 384), new Row("nt", 384, 50304, 768), new Row("nn", 384, 768, 50304),
        new Row("nn", 8, 1024, 384), new Row("nn", 64, 1024, 384), new Row("nn", 96, 384, 1024),
    };

    private GemmSpeed() {
    }

    public static void main(String[] args) {
        KernelCompilation.prepare();
        System.out.printf("%-20s %s%n", "M x K x N", "GFLOP/s on 1 thread of the ceiling, share; on 2 threads");
        for (Row row : ROWS) {
            if (args.length == 0 || Arrays.stream(args).anyMatch(row.toString()::contains)) {
                measure(row);
            }
        }
    }

    private static void measure(Row row) {
        MemorySegment a = random((long) row.m * row.k);
        MemorySegment b = random((long) row.n * row.k);
        MemorySegment c = Memory.allocate((long) row.m * row.n);
        Runnable product = () -> {
            switch (row.kind) {
                case "nt" -> Gemm.nt(a.address(), row.k, b.address(), row.k, c.address(), row.n, row.m, row.n, row.k,
                    false);
                case "nn" -> Gemm.nn(a.address(), row.k, b.address(), row.n, c.address(), row.n, row.m, row.n, row.k,
                    false);
                default -> Gemm.tn(a.address(), row.m, b.address(), row.n, c.address(), row.n, row.m, row.n, row.k,
                    true);
            }
        };
        double flops = 2.0 * row.m * row.n * row.k;
        StringBuilder line = new StringBuilder(String.format("%-20s", row));
        for (int threads = 1; threads <= MAX_THREADS; threads++) {
            Workers.use(threads);
            int all = threads;
            Runnable ceiling = () -> Workers.forEach(all, t -> multiplyAdd(FMA_ROUNDS));
            double ceilingFlops = threads * 32.0 * S.length() * FMA_ROUNDS;
            compare(product, flops, ceiling, ceilingFlops, line);
        }
        System.out.println(line);
    }

    /**
     * Adds the product's speed, the ceiling and the product's share of it: medians over samples taken in turn, of the
     * half of them whose ceiling was the higher.
     */
    private static void compare(Runnable product, double flops, Runnable ceiling, double ceilingFlops,
        StringBuilder line) {
        int calls = warmUp(product);
        int ceilingCalls = warmUp(ceiling);
        List<Double> speeds = new ArrayList<>();
        List<Double> limits = new ArrayList<>();
        long end = System.nanoTime() + SAMPLE_TIME;
        double limit = ceilingFlops / seconds(ceiling, ceilingCalls) / 1e9;
        while (speeds.size() < 5 || System.nanoTime() < end) {
            speeds.add(flops / seconds(product, calls) / 1e9);
            double next = ceilingFlops / seconds(ceiling, ceilingCalls) / 1e9;
            limits.add(Math.sqrt(limit * next));
            limit = next;
        }
        double usual = limits.stream().sorted().toList().get(limits.size() / 2);
        List<Integer> healthy = IntStream.range(0, limits.size()).filter(i -> limits.get(i) >= usual).boxed().toList();
        double speed = median(healthy.stream().map(speeds::get));
        double share = median(healthy.stream().map(i -> speeds.get(i) / limits.get(i)));
        line.append(String.format(Locale.ROOT, " %7.1f of %5.1f, %3.0f%%", speed, usual, 100 * share));
    }

    private static double median(Stream<Double> values) {
        List<Double> sorted = values.sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    /** Runs until the JIT compiler is done; returns how many calls take a millisecond. */
    private static int warmUp(Runnable work) {
        long begin = System.nanoTime();
        do {
            work.run();
        } while (System.nanoTime() - begin < WARM_UP);
        begin = System.nanoTime();
        work.run();
        return (int) Math.max(1, 1_000_000 / (System.nanoTime() - begin + 1));
    }

    private static double seconds(Runnable work, int calls) {
        long begin = System.nanoTime();
        for (int i = 0; i < calls; i++) {
            work.run();
        }
        return (System.nanoTime() - begin) / 1e9 / calls;
    }

    /** 16 independent chains of multiply-adds that touch no memory. */
    private static void multiplyAdd(int n) {
        FloatVector a = FloatVector.broadcast(S, 0.999f);
        FloatVector b = FloatVector.broadcast(S, 1e-3f);
        FloatVector c0 = b, c1 = a, c2 = b, c3 = a, c4 = b, c5 = a, c6 = b, c7 = a;
        FloatVector d0 = b, d1 = a, d2 = b, d3 = a, d4 = b, d5 = a, d6 = b, d7 = a;
        for (int i = 0; i < n; i++) {
            c0 = c0.fma(a, b);
            c1 = c1.fma(a, b);
            c2 = c2.fma(a, b);
            c3 = c3.fma(a, b);
            c4 = c4.fma(a, b);
            c5 = c5.fma(a, b);
            c6 = c6.fma(a, b);
            c7 = c7.fma(a, b);
            d0 = d0.fma(a, b);
            d1 = d1.fma(a, b);
            d2 = d2.fma(a, b);
            d3 = d3.fma(a, b);
            d4 = d4.fma(a, b);
            d5 = d5.fma(a, b);
            d6 = d6.fma(a, b);
            d7 = d7.fma(a, b);
        }
        FloatVector sum = c0.add(c1).add(c2).add(c3).add(c4).add(c5).add(c6).add(c7);
        sink = sum.add(d0).add(d1).add(d2).add(d3).add(d4).add(d5).add(d6).add(d7).lane(0);
    }

    private static MemorySegment random(long count) {
        MemorySegment memory = Memory.allocate(count);
        for (long i = 0; i < count; i++) {
            Memory.setFloat(Memory.at(memory.address(), i), (i * 7919 % 2003 - 1001) / 1001f);
        }
        return memory;
    }
}
