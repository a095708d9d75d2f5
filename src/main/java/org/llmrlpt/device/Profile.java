package org.llmrlpt.device;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.enums.ProfilerMode;

/**
 * Where the time of programs goes, by operation. The times come from TornadoVM's own profiler, on the fallback from the
 * fallback's, which writes the same log.
 */
public final class Profile {
    /** Runs that are noted, of all programs together: TornadoVM keeps its log of each for ever. */
    private static final int MOST_RUNS = 1000;
    /** The name under which the copies of what the host sends are added up. */
    public static final String INPUTS = "inputs";
    private static final String KERNEL_TIME = "TASK_KERNEL_TIME";
    /** TornadoVM 5.2 leaves a comma behind the last entry of an execution whose tasks it did not time. */
    private static final ObjectMapper JSON = JsonMapper.builder().enable(JsonReadFeature.ALLOW_TRAILING_COMMA).build();

    private final Map<String, Map<String, Sum>> programs = new LinkedHashMap<>();
    private final Map<String, Integer> runs = new HashMap<>();
    private final Map<Integer, Integer> logLengths = new HashMap<>();
    private int mostRuns = MOST_RUNS;
    private boolean on;
    private long firstRun;
    private double secondsLeftOut;

    /**
     * What one operation took in all noted runs of its program.
     *
     * @param operation its name; "inputs" for the copies of what the host sends
     * @param calls executions of its tasks
     * @param nanos kernel time
     * @param flops floating-point operations; 0 where memory is what it costs
     * @param bytes moved at least: inputs once, outputs once
     */
    public record Entry(String program, String operation, long calls, long nanos, long flops, long bytes) {
        /** FLOP in a nanosecond, which is GFLOP/s. */
        public double gigaflops() {
            return (double) flops / nanos;
        }

        /** Bytes in a nanosecond, which is GB/s. */
        public double gigabytes() {
            return (double) bytes / nanos;
        }
    }

    private static final class Sum {
        private long calls;
        private long nanos;
        private long flops;
        private long bytes;
    }

    Profile() {
    }

    /**
     * Leaves out what runs in the first {@code seconds} from the first run on, before the compilers are done; if
     * nothing runs later, it is all there is.
     */
    public void afterSeconds(double seconds) {
        secondsLeftOut = seconds;
    }

    /** Notes every run, of however many; for benchmarks, which end. */
    public void everything() {
        mostRuns = Integer.MAX_VALUE;
    }

    /** Forgets what was noted. */
    public void reset() {
        programs.clear();
        runs.clear();
    }

    /** How many runs of a program were noted. */
    public int runs(String program) {
        return runs.getOrDefault(program, 0);
    }

    /** All operations, in the order of their programs, those that took longest first. */
    public List<Entry> entries() {
        List<Entry> all = new ArrayList<>();
        programs.forEach((program, sums) -> {
            List<Entry> some = new ArrayList<>();
            sums.forEach((name, s) -> some.add(new Entry(program, name, s.calls, s.nanos, s.flops, s.bytes)));
            some.sort(Comparator.comparingLong(Entry::nanos).reversed());
            all.addAll(some);
        });
        return all;
    }

    boolean wantsMore() {
        long now = System.nanoTime();
        if (firstRun == 0) {
            firstRun = now;
        } else if (secondsLeftOut > 0 && now - firstRun > secondsLeftOut * 1e9) {
            secondsLeftOut = 0;
            reset();
        }
        return runs.values().stream().mapToInt(Integer::intValue).sum() < mostRuns;
    }

    void switchOn(TornadoExecutionPlan plan, boolean wanted) {
        if (wanted != on) {
            on = wanted;
            if (wanted) {
                plan.withProfiler(ProfilerMode.SILENT);
            } else {
                plan.withoutProfiler();
            }
        }
    }

    /** Notes the newest execution of a program's graph {@code part}; {@code log} has the older ones too. */
    void add(String program, ProgramGraphs graphs, int part, String log) {
        if (part == 0) {
            runs.merge(program, 1, Integer::sum);
        }
        int known = logLengths.getOrDefault(graphs.firstIndex() + part, 0);
        logLengths.put(graphs.firstIndex() + part, log.length());
        Map<String, Sum> sums = programs.computeIfAbsent(program, _ -> new LinkedHashMap<>());
        try (MappingIterator<JsonNode> executions = JSON.readerFor(JsonNode.class).readValues(log.substring(known))) {
            while (executions.hasNext()) {
                executions.next().elements().forEachRemaining(graph -> graph.properties().forEach(task -> {
                    if (task.getValue().has(KERNEL_TIME)) {
                        add(sums, graphs.operation(task.getKey()), task.getValue().get(KERNEL_TIME).asLong());
                    }
                }));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the log of TornadoVM's profiler", e);
        }
    }

    private static void add(Map<String, Sum> sums, Operation operation, long nanos) {
        Sum sum = sums.computeIfAbsent(operation == null ? INPUTS : operation.name(), _ -> new Sum());
        sum.calls++;
        sum.nanos += nanos;
        if (operation != null) {
            sum.flops += operation.flops();
            sum.bytes += operation.bytes();
        }
    }
}
