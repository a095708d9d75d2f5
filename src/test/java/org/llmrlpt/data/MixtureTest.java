package org.llmrlpt.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.llmrlpt.config.UserError;
import org.llmrlpt.random.RandomStream;

class MixtureTest {
    private static final int BLOCKS = 5;

    @Test
    void everyBlockHasEachSourceAsOftenAsItsShareSays() {
        MixtureOrder.Keyed order = new MixtureOrder(new double[] {0.7, 0.295, 0.005}).keyed(RandomStream.of(1, "m"));
        for (int block = 0; block < BLOCKS; block++) {
            int[] counts = new int[3];
            for (int i = 0; i < MixtureOrder.BLOCK; i++) {
                counts[order.at((long) block * MixtureOrder.BLOCK + i).source()]++;
            }
            assertEquals(700, counts[0]);
            assertEquals(MixtureOrder.BLOCK, counts[0] + counts[1] + counts[2]);
            assertEquals(295, counts[1]);
        }
    }

    @Test
    void everyWindowOfASourceComesOnceAndInOrder() {
        MixtureOrder.Keyed order = new MixtureOrder(new double[] {0.25, 0.75}).keyed(RandomStream.of(2, "m"));
        long[] next = new long[2];
        for (long n = 0; n < (long) BLOCKS * MixtureOrder.BLOCK; n++) {
            MixtureOrder.Place place = order.at(n);
            assertEquals(next[place.source()]++, place.number());
        }
    }

    @Test
    void aWindowsPlaceDependsOnItsNumberAlone() {
        MixtureOrder shares = new MixtureOrder(new double[] {0.5, 0.5});
        MixtureOrder.Keyed forward = shares.keyed(RandomStream.of(3, "m"));
        MixtureOrder.Keyed backward = shares.keyed(RandomStream.of(3, "m"));
        MixtureOrder.Place[] places = new MixtureOrder.Place[3 * MixtureOrder.BLOCK];
        for (int n = 0; n < places.length; n++) {
            places[n] = forward.at(n);
        }
        for (int n = places.length - 1; n >= 0; n--) {
            assertEquals(places[n], backward.at(n));
        }
        Set<Integer> firsts = new HashSet<>();
        for (int n = 0; n < 20; n++) {
            firsts.add(places[n].source());
        }
        assertEquals(2, firsts.size(), "the sources are mixed, not one behind the other");
    }

    @Test
    void aShareThatIsTooSmallIsRefused() {
        UserError error = assertThrows(UserError.class, () -> new MixtureOrder(new double[] {0.9999, 0.0001}));
        assertTrue(error.getMessage().contains("source 2"), error.getMessage());
    }
}
