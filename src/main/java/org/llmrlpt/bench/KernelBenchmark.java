package org.llmrlpt.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.device.MemoryPlan;
import org.llmrlpt.device.Profile;
import org.llmrlpt.device.Session;
import org.llmrlpt.device.TornadoSettings;
import org.llmrlpt.kernels.Kernels;

/**
 * Times every primitive in a task graph of its own, as training runs it. The times are the profiler's kernel times, of
 * all the operations that make a primitive together.
 */
public final class KernelBenchmark implements AutoCloseable {
    private static final int FEWEST_RUNS = 5;
    private static final int MOST_RUNS = 300;

    private final Session session = new Session();
    private final List<CaseRecorder.Case> cases;
    private final Profile profile;
    private final CaseRecorder recorded;
    private final DeviceProbes probes;
    private Ceilings ofDevice;

    /**
     * What one primitive took.
     *
     * @param shape what it was given
     * @param ms milliseconds of a call
     * @param flops floating-point operations of a call; 0 where memory is what it costs
     * @param bytes of a call, inputs and outputs once
     * @param ceilings measured just before and after, the higher ones: other programs on the cores slow both down
     */
    public record Figure(String name, String shape, int runs, Spread ms, long flops, long bytes, Ceilings ceilings) {
        /** GFLOP/s at the median. */
        public double gigaflops() {
            return flops / ms.median() / 1e6;
        }

        /** GB/s at the median. */
        public double gigabytes() {
            return bytes / ms.median() / 1e6;
        }
    }

    /** Records the programs. {@code only} leaves out primitives that do not have it in their names; null keeps all. */
    public KernelBenchmark(Kernels kernels, ModelShape shape, int batch, int length, String only) {
        recorded = new CaseRecorder(session, only);
        new KernelCases(kernels, recorded, shape, batch, length).record();
        cases = recorded.cases();
        profile = session.profile();
        profile.everything();
        probes = TornadoSettings.isFallback() ? null
            : new DeviceProbes(session, profile, kernels.usesTensorCores());
    }

    /** Names of the primitives, in order. */
    public List<String> names() {
        return cases.stream().map(CaseRecorder.Case::name).toList();
    }

    public MemoryPlan memoryPlan() {
        return session.memoryPlan();
    }

    /** Allocates and fills the memory. */
    public void start() {
        session.start();
        recorded.fill();
        session.upload();
        cases.forEach(c -> c.inputs().accept(c.program()));
    }

    /** Times one primitive for {@code seconds}, after a warm-up as long. */
    public Figure measure(String name, double seconds) {
        CaseRecorder.Case c = cases.stream().filter(k -> k.name().equals(name)).findFirst().orElseThrow();
        repeat(c, seconds);
        Ceilings before = ceilings();
        List<Profile.Entry> runs = repeat(c, seconds);
        double[] ms = runs.stream().mapToDouble(e -> e.nanos() / 1e6).toArray();
        return new Figure(c.name(), c.shape(), ms.length, Spread.of(ms), runs.getLast().flops(),
            runs.getLast().bytes(), before.orHigher(ceilings()));
    }

    /** What the processor on the threads in use can do at best now, or the device: nobody else uses that. */
    private Ceilings ceilings() {
        if (probes == null) {
            return Ceilings.measure();
        }
        if (ofDevice == null) {
            ofDevice = probes.measure();
        }
        return ofDevice;
    }

    /** What each of the runs took. */
    private List<Profile.Entry> repeat(CaseRecorder.Case c, double seconds) {
        List<Profile.Entry> runs = new ArrayList<>();
        long begin = System.nanoTime();
        while (runs.size() < FEWEST_RUNS
            || runs.size() < MOST_RUNS && System.nanoTime() - begin < seconds * 1e9) {
            profile.reset();
            c.program().run();
            runs.add(sum(c));
        }
        return runs;
    }

    private Profile.Entry sum(CaseRecorder.Case c) {
        List<Profile.Entry> entries = profile.entries().stream()
            .filter(e -> !e.operation().equals(Profile.INPUTS)).toList();
        return new Profile.Entry(c.name(), c.name(), entries.size(),
            entries.stream().mapToLong(Profile.Entry::nanos).sum(),
            entries.stream().mapToLong(Profile.Entry::flops).sum(),
            entries.stream().mapToLong(Profile.Entry::bytes).sum());
    }

    /** A figure for JSON, with its shares of the ceilings. */
    public static Map<String, Object> toMap(Figure f, int threads) {
        Ceilings ceilings = f.ceilings();
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("name", f.name());
        m.put("shape", f.shape());
        m.put("threads", threads);
        m.put("runs", f.runs());
        m.put("ms", f.ms().median());
        m.put("ms_min", f.ms().min());
        m.put("ms_max", f.ms().max());
        m.put("gb_per_second", f.gigabytes());
        if (f.flops() > 0) {
            m.put("gflops", f.gigaflops());
        }
        m.put("copy_ceiling_gb_per_second", ceilings.gigabytes());
        m.put("share_of_copy_ceiling", f.gigabytes() / ceilings.gigabytes());
        if (f.flops() > 0) {
            m.put("fma_ceiling_gflops", ceilings.gigaflops());
            m.put("share_of_fma_ceiling", f.gigaflops() / ceilings.gigaflops());
            if (ceilings.tensorGigaflops() > 0) {
                m.put("share_of_tensor_ceiling", f.gigaflops() / ceilings.tensorGigaflops());
            }
        }
        return m;
    }

    @Override
    public void close() {
        session.close();
    }
}
