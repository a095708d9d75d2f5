package org.llmrlpt.train;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.llmrlpt.config.BenchTrainSettings;
import org.llmrlpt.config.Binder;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.config.TrainingSettings;
import org.llmrlpt.data.TrainingWindows;
import org.llmrlpt.data.shards.TokenSource;
import org.llmrlpt.kernels.cpu.CpuKernels;

/**
 * Trains a small model until the bounds given as arguments hold (bytes that a step allocates, page faults of a step) or
 * two minutes are over, and prints the last figures.
 */
final class SteadySteps {
    private static final int VOCABULARY = 300;
    private static final long DEADLINE_SECONDS = 120;
    private static final int STEPS = 8;
    private static final Path STATISTICS = Path.of("/proc/thread-self/stat");

    private final Trainer trainer;
    private final long deadline = System.nanoTime() + DEADLINE_SECONDS * 1_000_000_000;
    private long done;

    private SteadySteps() {
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

    public static void main(String[] args) throws IOException {
        SteadySteps steps = new SteadySteps();
        System.out.println(steps.bytes(Long.parseLong(args[0])) + " " + steps.pageFaults(Long.parseLong(args[1])));
    }

    private void step() {
        trainer.nextBatches(done);
        trainer.gradients(done);
        trainer.update(done++);
    }

    /** Most bytes that one of a few steps allocates, on this thread and the workers. */
    private long bytes(long bound) {
        while (true) {
            long most = 0;
            for (int i = 0; i < STEPS; i++) {
                long before = allocated();
                step();
                most = Math.max(most, allocated() - before);
            }
            if (most <= bound || System.nanoTime() > deadline) {
                return most;
            }
        }
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

    /** Fewest page faults of a step on this thread; 0 where the system does not tell. */
    private long pageFaults(long bound) throws IOException {
        if (!Files.isReadable(STATISTICS)) {
            return 0;
        }
        long fewest = Long.MAX_VALUE;
        while (fewest > bound && System.nanoTime() < deadline) {
            long before = faults();
            step();
            fewest = Math.min(fewest, faults() - before);
        }
        return fewest;
    }

    /** Page faults of this thread so far. */
    private static long faults() throws IOException {
        String stat = Files.readString(STATISTICS);
        List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
        return Long.parseLong(fields.get(7)) + Long.parseLong(fields.get(9));
    }
}
