package org.llmrlpt.data;

import java.util.Arrays;
import org.llmrlpt.config.UserError;
import org.llmrlpt.random.RandomStream;

/**
 * Which source window n of a mixture comes from, and which of that source's windows it is: a function of n alone, so
 * that a resumed run needs no history. Every block of {@link #BLOCK} windows has each source as often as its share
 * says, in an order of its own.
 */
final class MixtureOrder {
    static final int BLOCK = 1000;

    private final int[] quotas;

    /**
     * @param shares of the sources, together 1
     * @throws UserError if a share is less than half a window of a block
     */
    MixtureOrder(double[] shares) {
        quotas = new int[shares.length];
        double total = 0;
        for (int s = 0; s < shares.length; s++) {
            // Rounding the running total, not each share, makes the quotas add up.
            long before = Math.round(total * BLOCK);
            total += shares[s];
            quotas[s] = (int) (Math.round(total * BLOCK) - before);
            if (quotas[s] == 0) {
                throw new UserError("source " + (s + 1) + " of the mixture has a share of " + shares[s]
                    + ", which is less than 1 window of " + BLOCK + ": raise its weight or leave it out");
            }
        }
    }

    /** A window of a source. */
    record Place(int source, long number) {
    }

    /** The order with the permutations of a stream. */
    Keyed keyed(RandomStream stream) {
        return new Keyed(stream);
    }

    /** For use by one thread. */
    final class Keyed {
        private final RandomStream stream;
        private final int[] sources = new int[BLOCK];
        private final int[] ranks = new int[BLOCK];
        private long block = -1;

        private Keyed(RandomStream stream) {
            this.stream = stream;
        }

        /** Where window {@code number} comes from. */
        Place at(long number) {
            if (number / BLOCK != block) {
                shuffle(number / BLOCK);
            }
            int i = (int) (number % BLOCK);
            return new Place(sources[i], block * quotas[sources[i]] + ranks[i]);
        }

        private void shuffle(long which) {
            int at = 0;
            for (int s = 0; s < quotas.length; s++) {
                Arrays.fill(sources, at, at + quotas[s], s);
                at += quotas[s];
            }
            stream.child(which).shuffle(sources);
            int[] seen = new int[quotas.length];
            for (int i = 0; i < BLOCK; i++) {
                ranks[i] = seen[sources[i]]++;
            }
            block = which;
        }
    }
}
