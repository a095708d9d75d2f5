package org.llmrlpt.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.llmrlpt.config.BenchGenerateSettings;
import org.llmrlpt.device.MemoryPlan;
import org.llmrlpt.device.Session;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.nn.Transformer;
import org.llmrlpt.random.RandomStream;

/** Times the continuation of random prompts by a fixed number of tokens, prefill included. */
public final class GenerationBenchmark implements AutoCloseable {
    private final BenchGenerateSettings settings;
    private final Session session;
    private final Transformer model;
    private final GenerationEngine engine;
    private final List<Prompt> prompts = new ArrayList<>();

    /** Records the programs. */
    public GenerationBenchmark(BenchGenerateSettings settings, int vocabulary, Kernels kernels) {
        session = new Session(settings.device());
        this.settings = settings;
        int length = settings.prompt() + settings.newTokens();
        model = new Transformer(settings.model().shape(vocabulary, length), session, false, length);
        engine = new GenerationEngine(session, kernels, model, vocabulary, settings.slotsOrDefault(), length);
        RandomStream random = RandomStream.of(settings.seed(), "bench prompts");
        for (int i = 0; i < settings.sequences(); i += settings.group()) {
            int[] tokens = new int[settings.prompt()];
            Arrays.setAll(tokens, t -> random.nextInt(vocabulary));
            prompts.add(new Prompt(tokens, settings.group(), i));
        }
    }

    public MemoryPlan memoryPlan() {
        return session.memoryPlan();
    }

    public Transformer model() {
        return model;
    }

    /** Warms up, then returns the seconds of each timed run. */
    public double[] run() {
        session.start();
        model.fillAngles(session);
        model.parameters().initialise(session, settings.seed(), model.shape().layers());
        session.upload();
        long begin = System.nanoTime();
        do {
            generate();
        } while (System.nanoTime() - begin < settings.warmupSeconds() * 1e9);
        double[] seconds = new double[settings.repetitions()];
        for (int i = 0; i < seconds.length; i++) {
            long from = System.nanoTime();
            generate();
            seconds[i] = (System.nanoTime() - from) / 1e9;
        }
        return seconds;
    }

    private void generate() {
        engine.generate(prompts, Sampling.PLAIN, settings.newTokens(), new int[0], settings.seed(), () -> false);
    }

    @Override
    public void close() {
        session.close();
    }
}
