package org.llmrlpt.train;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.llmrlpt.config.BenchTrainSettings;
import org.llmrlpt.config.Binder;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.config.TrainingSettings;
import org.llmrlpt.data.TrainingWindows;
import org.llmrlpt.data.shards.TokenSource;
import org.llmrlpt.kernels.cpu.CpuKernels;

class StepAllocationTest {
    private static final int VOCABULARY = 300;
    private static final long DEADLINE_SECONDS = 120;
    /** Task graphs, batches and loops over tasks allocate objects, a few for each of 70 tasks; vectors must not. */
    private static final long BYTES_PER_STEP = 256 << 10;
    private static final long FAULTS_PER_STEP = 8;
    private static final int STEPS = 8;

    private static Trainer trainer;
    private static long done;

    @BeforeAll
    static void recordASmallModel() {
        TrainingSettings settings = Binder.bind(BenchTrainSettings.class, Map.ofEntries(Map.entry("model.layers", "2"),
            Map.entry("model.width", "64"), Map.entry("model.heads", "4"), Map.entry("model.kv-heads", "2"),
            Map.entry("model.head-width", "16"), Map.entry("model.ffn", "96"), Map.entry("length", "64"),
            Map.entry("batch", "8"), Map.entry("objective.beta", "-0.25"),
            Map.entry("objective.lambda-tail", "-0.1"))).training();
        ModelShape shape = settings.model().shape(VOCABULARY, settings.length());
        int[] tokens = new int[1 << 14];
        Arrays.setAll(tokens, i -> i * 31 % 257);
        trainer = new Trainer(settings, shape, new TrainingWindows(TokenSource.of(tokens), settings.length(), -1, 1),
            new int[VOCABULARY], 1000, new CpuKernels());
        trainer.start();
        trainer.model().parameters().initialise(trainer.session(), 1, shape.layers());
        trainer.session().upload();
    }

    private static void step() {
        trainer.nextBatches(done);
        trainer.gradients(done);
        trainer.update(done++);
    }

    /** What this thread and the workers allocated so far. */
    private static long allocated() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long sum = threads.getThreadAllocatedBytes(Thread.currentThread().threadId());
        for (Thread t : Thread.getAllStackTraces().keySet()) {
            if (t.getName().startsWith("worker-")) {
                sum += Math.max(0, threads.getThreadAllocatedBytes(t.threadId()));
            }
        }
        return sum;
    }

    @Test
    void aStepAllocatesNextToNothingOnceItsKernelsAreCompiled() {
        long[] bytes = new long[STEPS];
        long begin = System.nanoTime();
        do {
            for (int i = 0; i < STEPS; i++) {
                long before = allocated();
                step();
                bytes[i] = allocated() - before;
            }
        } while (Arrays.stream(bytes).max().orElseThrow() > BYTES_PER_STEP
            && System.nanoTime() - begin < DEADLINE_SECONDS * 1e9);
        assertTrue(Arrays.stream(bytes).max().orElseThrow() <= BYTES_PER_STEP, "bytes of the last steps: "
            + Arrays.toString(bytes));
    }

    @Test
    void aStepTouchesNoNewMemory() throws IOException {
        Assumptions.assumeTrue(Files.isReadable(Path.of("/proc/thread-self/stat")));
        long fewest = Long.MAX_VALUE;
        long begin = System.nanoTime();
        while (fewest > FAULTS_PER_STEP && System.nanoTime() - begin < DEADLINE_SECONDS * 1e9) {
            long before = faults();
            step();
            fewest = Math.min(fewest, faults() - before);
        }
        assertTrue(fewest <= FAULTS_PER_STEP, fewest + " page faults");
    }

    /** Page faults of this thread so far. */
    private static long faults() throws IOException {
        String stat = Files.readString(Path.of("/proc/thread-self/stat"));
        List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
        return Long.parseLong(fields.get(7)) + Long.parseLong(fields.get(9));
    }
}
