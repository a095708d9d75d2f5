package org.llmrlpt.check;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.llmrlpt.config.GpuCheckSettings;
import org.llmrlpt.config.GpuCheckSettings.Size;

/** The steps of a check, most important first: time may run out. */
final class CheckPlan {
    /** The step without which no other on the device makes sense. */
    static final String DEVICES = "devices";
    /** Steps of the training that is compared with the CPU's. */
    static final int TRAINING_STEPS = 50;
    /**
     * How far products may be from those of the CPU, root mean square over a tensor: in FP32, and some seven times what
     * rounding the operands to FP16 (11 bits) or BF16 (8 bits) gives in the worst kernel.
     */
    private static final Map<String, String> TOLERANCES = Map.of("fp32", "5e-5", "cublas-fp32", "5e-5",
        "fp16", "5e-3", "cublas", "4e-2");
    /** Tells faults of cuBLAS's calls from rounding. Time is short: it is trained with, but not taken apart. */
    private static final String WHOLE_ONLY = "cublas-fp32";

    private static final List<String> RAGGED = List.of("model=models/tiny.json", "model.layers=1", "model.width=72",
        "model.heads=6", "model.kv-heads=2", "model.head-width=20", "model.ffn=100", "model.vocabulary=517",
        "length=37", "batch=3");

    private final Path folder;
    private final boolean full;
    private final List<String> all;
    private final List<String> variants;
    private final boolean graphs;
    private final List<Step> steps = new ArrayList<>();

    /** {@code variants} of device.matmul, FP32 first. */
    CheckPlan(Path folder, GpuCheckSettings settings, List<String> variants) {
        this.folder = folder;
        full = settings.size() == Size.FULL;
        all = variants;
        this.variants = variants.stream().filter(v -> !v.equals(WHOLE_ONLY)).toList();
        graphs = variants.size() > 1 && !settings.rehearsal();
    }

    List<Step> steps() {
        add(DEVICES, "devices", true, null, 60, "devices");
        kernels();
        training();
        reinforcementLearning();
        int seconds = full ? 150 : 600;
        throughput(models().subList(0, 2), all, seconds);
        variants.forEach(v -> add("time-" + v, "each primitive alone, " + v + " products, profiler on", true, null,
            seconds, "bench kernels", full ? "model=models/small.json" : "model=models/tiny.json",
            full ? "length=1024" : "length=32", full ? "batch=16" : "batch=2", "seconds=0.1", "device.matmul=" + v,
            "json=true"));
        if (graphs) {
            replayed();
        }
        variants.forEach(v -> add("split-" + v, "a training step by kernel, " + v + " products, profiler on", true,
            null, seconds, train(models().get(full ? 1 : 0), v, "profile=true", "steps=3")));
        // The compiler of the CUDA backend alone may take minutes for that many layers.
        List<List<String>> largest = models().subList(2, 3);
        int longer = full ? 300 : 600;
        throughput(largest, variants, longer);
        throughput(largest, all.stream().filter(WHOLE_ONLY::equals).toList(), longer);
        return steps;
    }

    private void kernels() {
        List<String> real = full
            ? List.of("model=models/small.json", "model.layers=1", "length=256", "batch=4")
            : List.of("model=models/tiny.json", "model.layers=1", "length=32", "batch=2");
        for (List<String> shape : List.of(RAGGED, real)) {
            String which = shape == RAGGED ? "ragged" : "real";
            String file = folder.resolve("kernels-" + which).toString();
            String reference = "kernels-" + which + "-cpu";
            add(reference, "every primitive, " + which + " sizes, on the CPU", false, null, 240,
                joined("bench check-kernels", shape, "write=" + file));
            for (String v : all) {
                add("kernels-" + which + "-" + v, "every kernel, " + which + " sizes, " + v + " products", true,
                    reference, full ? 120 : 900, joined("bench check-kernels", shape, "against=" + file,
                        "device.matmul=" + v, "tolerance=" + TOLERANCES.get(v), "json=true"));
            }
        }
    }

    private void replayed() {
        add("training-graphs-fp32", TRAINING_STEPS + " training steps, replayed as CUDA graphs", true, "training-cpu",
            120, joined("pretrain", trained(), "run=" + run("training-graphs-fp32"), "device.matmul=fp32",
                "device.cuda-graphs=true"));
        variants.stream().filter(v -> !v.endsWith("fp32")).forEach(v ->
            add("throughput-graphs-" + v, "training of the second model, " + v + " products, CUDA graphs", true, null,
                150, train(models().get(1), v, "device.cuda-graphs=true", "steps=8")));
    }

    /** What the training that is compared with the CPU's is given. */
    private List<String> trained() {
        List<String> shape = full ? List.of("model=models/tiny.json", "length=128", "batch=8")
            : List.of("model=models/tiny.json", "model.layers=1", "model.width=64", "model.heads=4",
                "model.kv-heads=2", "model.head-width=16", "model.ffn=160", "length=32", "batch=4");
        return Stream.concat(shape.stream(), Stream.of("steps=" + TRAINING_STEPS, "schedule.warmup=5",
            "data.builtin-megabytes=0.2", "evaluate.every=0", "evaluate.tokens=512", "sample.every=0",
            "checkpoint.every=0")).toList();
    }

    private void training() {
        add("training-cpu", TRAINING_STEPS + " training steps on the CPU", false, null, 240,
            joined("pretrain", trained(), "run=" + run("training-cpu")));
        for (String v : all) {
            add("training-" + v, TRAINING_STEPS + " training steps, " + v + " products", true, "training-cpu",
                full ? 120 : 1200, joined("pretrain", trained(), "run=" + run("training-" + v), "device.matmul=" + v));
        }
    }

    /** Hardly an answer is right: the penalty of length gives them advantages, the divergence all a backward pass. */
    private void reinforcementLearning() {
        add("rl", "a step of reinforcement learning", true, "training-cpu", full ? 120 : 1200, "rl",
            "checkpoint=" + run("training-cpu"), "run=" + run("rl"), "task=sums", "task.level=1", "steps=1", "group=4",
            "prompts=4", "slots=8", "max-new-tokens=6", "micro-batch=256", "dynamic-sampling=false",
            "reward.overlong-buffer=6", "kl=0.1", "evaluate.problems=0", "sample.every=0");
    }

    private void throughput(List<List<String>> models, List<String> products, int seconds) {
        for (List<String> model : models) {
            for (String v : products) {
                String name = model.getFirst().replaceAll(".*/|\\.json", "") + (full ? "" : "-" + model.get(1));
                add("throughput-" + name.replaceAll("[^a-z0-9-]+", "-") + "-" + v, "training " + name + ", " + v
                    + " products", true, null, seconds, train(model, v, full ? "steps=8" : "steps=2"));
            }
        }
    }

    /** Three sizes, smallest first. Small ones have one layer only: PoCL takes seconds to compile each kernel. */
    private List<List<String>> models() {
        return full
            ? List.of(List.of("model=models/small.json", "length=1024", "batch=16"),
                List.of("model=models/gpt2.json", "length=1024", "batch=16"),
                List.of("model=models/dense-1b.json", "model.vocabulary=32768", "length=1024", "batch=4",
                    "memory.checkpoint-layers=true"))
            : Stream.of("64", "128", "256").map(width -> List.of("model=models/tiny.json", "model.width=" + width,
                "model.layers=1", "length=32", "batch=2")).toList();
    }

    private String[] train(List<String> model, String variant, String... more) {
        return joined("bench train", Stream.concat(model.stream(), Stream.of(more)).toList(),
            "device.matmul=" + variant, full ? "warmup=3" : "warmup=1", full ? "warmup-seconds=2" : "warmup-seconds=0",
            "json=true");
    }

    private static String[] joined(String command, List<String> some, String... more) {
        return Stream.of(Stream.of(command), some.stream(), Stream.of(more)).flatMap(s -> s).toArray(String[]::new);
    }

    /** The folder of the run that a step of a check in {@code folder} makes. */
    static Path run(Path folder, String step) {
        return folder.resolve("runs").resolve(step);
    }

    private String run(String step) {
        return run(folder, step).toString();
    }

    /** {@code command} is one argument or two words. */
    private void add(String name, String title, boolean onDevice, String needs, int seconds, String... command) {
        List<String> arguments = new ArrayList<>(List.of(command[0].split(" ")));
        arguments.addAll(List.of(command).subList(1, command.length));
        steps.add(new Step(name, title, onDevice, needs, arguments, seconds));
    }
}
