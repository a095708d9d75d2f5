package org.llmrlpt.kernels.cpu;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Kernels that go over rows once, on all threads: they are bound by memory, or by the exponential. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class RowBenchmark {
    private static final int ROWS = 1024;

    @Param({"256", "4096"})
    public int columns;

    private FloatArray x;
    private FloatArray w;
    private FloatArray y;
    private FloatArray scales;

    /** Small numbers, no zeros. */
    @Setup
    public void fill() {
        new CpuKernels(); // prepares the compiler
        x = ProductBenchmark.filled(ROWS * columns);
        w = ProductBenchmark.filled(columns);
        y = ProductBenchmark.filled(ROWS * columns);
        scales = ProductBenchmark.filled(ROWS);
    }

    /** rmsNorm. */
    @Benchmark
    public void rmsNorm() {
        NormKernels.rmsNorm(x, 0, columns, w, 0, y, 0, columns, scales, 0, ROWS, columns, 1e-6f);
    }

    /** The columns are gates and ups, half and half. */
    @Benchmark
    public void swiGlu() {
        SwiGluKernels.swiGlu(x, 0, columns, y, 0, columns, ROWS, columns / 2);
    }
}
