package org.llmrlpt.generate;

import java.util.Arrays;
import org.llmrlpt.config.SamplingSettings;
import org.llmrlpt.random.RandomStream;

/**
 * How a token is drawn from the distribution of the next one.
 *
 * @param temperature divides the logits; 0: always the most probable token
 * @param topK draw among the k most probable only; 0: all
 * @param topP draw among the most probable whose mass reaches p
 */
public record Sampling(double temperature, int topK, double topP) {
    private static final double LOWEST_TEMPERATURE = 1e-6;

    public static Sampling of(SamplingSettings s) {
        return new Sampling(s.temperature(), s.topK(), s.topP());
    }


    /** Whether the temperature is so low that the draw is certain; its inverse would overflow float. */
    private boolean isGreedy() {
        return temperature < LOWEST_TEMPERATURE;
    }

    /** The factor for the logits; greedy drawing uses the plain distribution. */
    public float inverseTemperature() {
        return isGreedy() ? 1f : (float) (1 / temperature);
    }

    /**
     * Draws a token.
     *
     * @param probabilities of all tokens at this temperature
     * @param allowed how many of the ids may be drawn: those of the tokenizer, not the padding of the vocabulary
     */
    public int draw(float[] probabilities, int allowed, RandomStream random) {
        if (isGreedy()) {
            return best(probabilities, allowed);
        }
        if (topK == 0 && topP >= 1) {
            return among(probabilities, null, allowed, random);
        }
        int[] order = byProbability(probabilities, allowed);
        int n = topK == 0 ? allowed : Math.min(topK, allowed);
        double mass = 0;
        int kept = 0;
        while (kept < n && (kept == 0 || mass < topP)) {
            mass += probabilities[order[kept++]];
        }
        return among(probabilities, order, kept, random);
    }

    private static int best(float[] probabilities, int allowed) {
        int best = 0;
        for (int i = 1; i < allowed; i++) {
            if (probabilities[i] > probabilities[best]) {
                best = i;
            }
        }
        return best;
    }

    /** Ids by falling probability; equal ones by rising id. */
    private static int[] byProbability(float[] probabilities, int allowed) {
        // Probabilities are not negative, so their bits order like their values.
        long[] keys = new long[allowed];
        for (int i = 0; i < allowed; i++) {
            keys[i] = ((long) (Integer.MAX_VALUE - Float.floatToIntBits(probabilities[i])) << 32) | i;
        }
        Arrays.sort(keys);
        int[] order = new int[allowed];
        for (int i = 0; i < allowed; i++) {
            order[i] = (int) keys[i];
        }
        return order;
    }

    private static int among(float[] probabilities, int[] order, int n, RandomStream random) {
        double mass = 0;
        for (int i = 0; i < n; i++) {
            mass += probabilities[order == null ? i : order[i]];
        }
        double left = random.nextDouble() * mass;
        for (int i = 0; i < n; i++) {
            int id = order == null ? i : order[i];
            left -= probabilities[id];
            if (left < 0) {
                return id;
            }
        }
        return order == null ? best(probabilities, n) : order[0];
    }
}
