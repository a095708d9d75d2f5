package org.llmrlpt.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.llmrlpt.check.Step.Outcome;
import org.llmrlpt.config.GpuCheckSettings;
import org.llmrlpt.config.UserError;
import org.llmrlpt.files.AtomicFile;
import org.llmrlpt.files.AtomicFolder;
import org.llmrlpt.files.JsonFile;
import org.llmrlpt.files.JsonLines;
import org.llmrlpt.files.RunFolder;

/**
 * Compares a device with the CPU and times it: every kernel, training, reinforcement learning, throughput, time by
 * kernel. After each step gpu-check.json and gpu-check.md are written anew, so that whatever stops it leaves a report.
 */
public final class GpuCheck {
    /** Most that the NLL of a training step may differ from the CPU's, in nats a token. */
    private static final double FP32_NLL = 1e-3;
    private static final double ROUNDED_NLL = 2e-2;
    /** Exit code of a command that compared and found a difference. */
    public static final int DIFFERS = 3;
    private static final int MESSAGE_LINES = 4;
    private static final int LEAST_SECONDS = 5;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final GpuCheckSettings settings;
    private final List<String> variants;
    private final UnaryOperator<List<String>> host;
    private final UnaryOperator<List<String>> device;
    private final Map<String, Map<String, Object>> results = new LinkedHashMap<>();
    private final long begin = System.nanoTime();

    /**
     * A check that has not begun.
     *
     * @param variants of the products that the backend may have, FP32 first
     * @param host makes the command line of a process on the CPU fallback from this program's arguments
     * @param device the same for a process under TornadoVM
     */
    public GpuCheck(GpuCheckSettings settings, List<String> variants, UnaryOperator<List<String>> host,
        UnaryOperator<List<String>> device) {
        folder = Path.of(settings.folder()).toAbsolutePath().normalize();
        this.settings = settings;
        this.variants = variants;
        this.host = host;
        this.device = device;
    }

    /**
     * Runs all steps for which there is time.
     *
     * @param heard gets a line about each step when it ends
     * @return whether everything that was compared agrees and no step failed
     */
    public boolean run(Consumer<String> heard) throws IOException, InterruptedException {
        Files.createDirectories(folder.resolve("logs"));
        // TornadoVM takes every jar of the folder it starts in for a module: an empty one has none.
        Files.createDirectories(folder.resolve("empty"));
        for (Step step : wanted(new CheckPlan(folder, settings, variants).steps())) {
            Map<String, Object> result = run(step);
            results.put(step.name(), result);
            report();
            heard.accept(String.format(Locale.ROOT, "%-9s %5.1f s  %s%s", outcome(result).word(),
                (double) result.get("seconds"), step.title(), message(result)));
        }
        heard.accept(summary());
        return results.values().stream().map(GpuCheck::outcome)
            .allMatch(o -> o == Outcome.OK || o == Outcome.LEFT_OUT);
    }

    /** The steps that the setting {@code only} names, with those that they need. */
    private List<Step> wanted(List<Step> all) {
        if (settings.only() == null) {
            return all;
        }
        List<Step> named = all.stream().filter(s -> s.name().startsWith(settings.only())).toList();
        if (named.isEmpty()) {
            throw new UserError("setting 'only' is " + settings.only() + " but no step's name begins so: the names are "
                + all.stream().map(Step::name).collect(Collectors.joining(", ")));
        }
        Set<String> needed = named.stream().map(Step::needs).collect(Collectors.toSet());
        return all.stream().filter(s -> named.contains(s) || needed.contains(s.name())).toList();
    }

    private static Outcome outcome(Map<String, Object> result) {
        return (Outcome) result.get("outcome");
    }

    /** How many steps ended how, and which were left out. */
    private String summary() {
        String counts = Arrays.stream(Outcome.values()).filter(o -> count(o) > 0)
            .map(o -> count(o) + " " + o.word()).collect(Collectors.joining(", "));
        String missing = results.entrySet().stream().filter(e -> outcome(e.getValue()) == Outcome.LEFT_OUT)
            .map(Map.Entry::getKey).collect(Collectors.joining(", "));
        return results.size() + " steps: " + counts + (missing.isEmpty() ? "" : "; not checked: " + missing);
    }

    private long count(Outcome outcome) {
        return results.values().stream().filter(r -> outcome(r) == outcome).count();
    }

    private static String message(Map<String, Object> result) {
        return result.get("message") == null ? "" : ": " + result.get("message");
    }

    /** The report for people. */
    public Path report() {
        JsonFile.write(folder.resolve("gpu-check.json"), toMap());
        Path page = folder.resolve("gpu-check.md");
        AtomicFile.writeText(page, new CheckReport(JSON.valueToTree(toMap())).text());
        return page;
    }

    private Map<String, Object> toMap() {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("size", settings.size().name().toLowerCase(Locale.ROOT));
        m.put("rehearsal", settings.rehearsal());
        m.put("seconds", secondsGone());
        m.put("summary", summary());
        List<Map<String, Object>> steps = new ArrayList<>();
        results.forEach((name, result) -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("name", name);
            one.putAll(result);
            one.put("outcome", ((Outcome) result.get("outcome")).word());
            steps.add(one);
        });
        m.put("steps", steps);
        return m;
    }

    private double secondsGone() {
        return (System.nanoTime() - begin) / 1e9;
    }

    private Map<String, Object> run(Step step) throws IOException, InterruptedException {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("title", step.title());
        result.put("outcome", Outcome.LEFT_OUT);
        result.put("seconds", 0.0);
        double left = 60 * settings.minutes() - secondsGone();
        Map<String, Object> needed = step.needs() == null ? null : results.get(step.needs());
        if (step.needs() != null && (needed == null || outcome(needed) != Outcome.OK)) {
            result.put("message", "it needs " + step.needs());
            return result;
        }
        Map<String, Object> devices = results.get(CheckPlan.DEVICES);
        if (step.onDevice() && devices != null && outcome(devices) != Outcome.OK) {
            result.put("message", "no device to run on");
            return result;
        }
        if (left < LEAST_SECONDS) {
            result.put("message", "no time was left");
            return result;
        }
        List<String> arguments = new ArrayList<>(step.arguments());
        arguments.add("device=" + (step.onDevice() ? settings.device() : "cpu"));
        List<String> command = (step.onDevice() ? device : host).apply(arguments);
        result.put("command", String.join(" ", arguments));
        Path run = CheckPlan.run(folder, step.name());
        if (Files.isDirectory(run)) { // an earlier check's
            AtomicFolder.delete(run);
        }
        long from = System.nanoTime();
        Path output = folder.resolve("logs").resolve(step.name() + ".out");
        Path errors = folder.resolve("logs").resolve(step.name() + ".err");
        Process process = new ProcessBuilder(command).directory(folder.resolve("empty").toFile())
            .redirectOutput(output.toFile()).redirectError(errors.toFile()).start();
        process.getOutputStream().close();
        boolean ended = waitFor(process, Math.min(step.seconds(), left));
        result.put("seconds", (System.nanoTime() - from) / 1e9);
        if (!ended && left < step.seconds()) {
            result.put("message", String.format(Locale.ROOT, "stopped when the %.1f minutes were over",
                settings.minutes()));
            return result;
        }
        if (!ended) {
            result.put("outcome", Outcome.TIMED_OUT);
            result.put("message", "stopped after its " + step.seconds() + " seconds");
            return result;
        }
        int code = process.exitValue();
        String text = Files.readString(output, StandardCharsets.UTF_8);
        readResult(result, text);
        if (step.name().equals(CheckPlan.DEVICES)) {
            result.put("text", text);
        }
        result.put("outcome", code == 0 ? Outcome.OK : code == DIFFERS ? Outcome.DIFFERENT : Outcome.FAILED);
        if (code != 0 && code != DIFFERS) {
            result.put("exit_code", code);
            result.put("message", lastLines(Files.readString(errors, StandardCharsets.ISO_8859_1) + "\n" + text));
        } else if (step.name().startsWith("training-") && step.needs() != null) {
            compareTraining(step, result);
        }
        return result;
    }

    /** The process and its children end with this one. */
    private static boolean waitFor(Process process, double seconds) throws InterruptedException {
        Thread atExit = new Thread(() -> stop(process));
        Runtime.getRuntime().addShutdownHook(atExit);
        try {
            return process.waitFor((long) (1e3 * seconds), TimeUnit.MILLISECONDS);
        } finally {
            stop(process);
            Runtime.getRuntime().removeShutdownHook(atExit);
        }
    }

    private static void stop(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    /** The JSON object in the last line, if there is one. */
    private static void readResult(Map<String, Object> result, String text) {
        String last = text.lines().filter(l -> l.startsWith("{")).reduce((a, b) -> b).orElse("");
        if (!last.isEmpty()) {
            try {
                result.put("result", JSON.readTree(last));
            } catch (JsonProcessingException e) {
                result.put("message", "its last line is no JSON");
            }
        }
    }

    private static String lastLines(String text) {
        List<String> lines = text.lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
        return String.join(" | ", lines.subList(Math.max(0, lines.size() - MESSAGE_LINES), lines.size()));
    }

    /** Holds the NLL of every training step against that of the same step on the CPU. */
    private void compareTraining(Step step, Map<String, Object> result) {
        double[] want = losses("training-cpu");
        double[] is = losses(step.name());
        double largest = is.length == want.length ? 0 : Double.POSITIVE_INFINITY;
        for (int i = 0; i < Math.min(want.length, is.length); i++) {
            largest = Math.max(largest, Math.abs(want[i] - is[i]));
        }
        double most = step.name().endsWith("fp32") ? FP32_NLL : ROUNDED_NLL;
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("steps", is.length);
        m.put("largest_nll_difference", largest);
        m.put("allowed", most);
        m.put("first_nll", is.length == 0 ? null : is[0]);
        m.put("last_nll", is.length == 0 ? null : is[is.length - 1]);
        result.put("result", m);
        if (!(largest <= most)) {
            result.put("outcome", Outcome.DIFFERENT);
        }
    }

    private double[] losses(String run) {
        return JsonLines.read(CheckPlan.run(folder, run).resolve(RunFolder.METRICS)).stream()
            .filter(n -> n.path("split").asText().equals("train")).mapToDouble(n -> n.path("nll").asDouble()).toArray();
    }
}
