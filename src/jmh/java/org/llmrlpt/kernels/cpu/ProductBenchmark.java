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

/** The three forms of the matrix product on all threads; R x K x N as in {@link LinearKernels}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ProductBenchmark {
    @Param({"4096x256x1408", "4096x704x256", "1024x768x2304", "1000x250x70"})
    public String shape;

    private int r;
    private int k;
    private int n;
    private FloatArray x;
    private FloatArray w;
    private FloatArray y;
    private FloatArray dW;

    /** Small numbers, no zeros. */
    @Setup
    public void fill() {
        new CpuKernels(); // prepares the compiler
        String[] parts = shape.split("x");
        r = Integer.parseInt(parts[0]);
        k = Integer.parseInt(parts[1]);
        n = Integer.parseInt(parts[2]);
        x = filled(r * k);
        w = filled(n * k);
        y = filled(r * n);
        dW = filled(n * k);
    }

    static FloatArray filled(int size) {
        FloatArray array = new FloatArray(size);
        for (int i = 0; i < size; i++) {
            array.set(i, (i * 0x9E3779B9 >> 8) * 0x1p-26f);
        }
        return array;
    }

    /** y = x wᵀ. */
    @Benchmark
    public void forward() {
        LinearKernels.linear(x, 0, k, w, 0, k, y, 0, n, r, n, k);
    }

    /** dX = dY w. */
    @Benchmark
    public void backwardInput() {
        LinearKernels.linearBackwardInput(y, 0, n, w, 0, k, x, 0, k, r, n, k, 0);
    }

    /** dW += dYᵀ x. */
    @Benchmark
    public void backwardWeight() {
        LinearKernels.linearBackwardWeight(y, 0, n, x, 0, k, dW, 0, k, r, n, k, 1);
    }
}
