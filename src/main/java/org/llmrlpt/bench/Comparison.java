package org.llmrlpt.bench;

import java.io.IOException;
import java.util.function.BiConsumer;

/**
 * Two programs in alternation, so that both see the same moods of the machine.
 *
 * @param ours figures of our program, by round
 * @param theirs figures of the other one
 */
public record Comparison(double[] ours, double[] theirs) {
    /**
     * Runs both {@code rounds} times; who goes first changes from round to round.
     *
     * @param done hears the figures of each round, ours first
     */
    public static Comparison run(OutsideProgram our, OutsideProgram their, int rounds, BiConsumer<Double, Double> done)
        throws IOException, InterruptedException {
        double[] ours = new double[rounds];
        double[] theirs = new double[rounds];
        for (int i = 0; i < rounds; i++) {
            boolean oursFirst = i % 2 == 0;
            if (oursFirst) {
                ours[i] = our.run();
            }
            theirs[i] = their.run();
            if (!oursFirst) {
                ours[i] = our.run();
            }
            done.accept(ours[i], theirs[i]);
        }
        return new Comparison(ours, theirs);
    }

    /** Our median over theirs. */
    public double ratioOfMedians() {
        return Spread.of(ours).median() / Spread.of(theirs).median();
    }

    /** Of the rounds' own ratios. */
    public Spread ratios() {
        double[] ratios = new double[ours.length];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = ours[i] / theirs[i];
        }
        return Spread.of(ratios);
    }
}
