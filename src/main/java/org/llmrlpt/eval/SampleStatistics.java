package org.llmrlpt.eval;

import org.llmrlpt.generate.Completion;

/** Sums over judged samples: lengths, endings, entropy. */
public final class SampleStatistics {
    private long samples;
    private long tokens;
    private long truncated;
    private long withoutAnswer;
    private double entropy;

    public void add(TaskEvaluation.Sample sample) {
        Completion completion = sample.completion();
        samples++;
        tokens += completion.tokens().length;
        truncated += completion.ending() == Completion.Ending.TRUNCATED ? 1 : 0;
        withoutAnswer += sample.verdict().answer() == null ? 1 : 0;
        for (float h : completion.entropies()) {
            entropy += h;
        }
    }

    /** Samples so far. */
    public long count() {
        return samples;
    }

    /** New tokens of all samples, stop tokens included. */
    public long tokens() {
        return tokens;
    }

    /** Mean tokens of a sample. */
    public double meanLength() {
        return (double) tokens / samples;
    }

    /** Share of samples that reached the length limit. */
    public double truncated() {
        return (double) truncated / samples;
    }

    /** Share of samples in which no answer was found. */
    public double withoutAnswer() {
        return (double) withoutAnswer / samples;
    }

    /** Mean entropy of the tokens' distributions, in nats. */
    public double entropy() {
        return entropy / tokens;
    }
}
