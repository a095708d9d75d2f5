package org.llmrlpt.device;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lays out a program's activations: tensors that are not alive at the same time share memory. Greedy by size (largest
 * first, lowest free place), which for chains of layers comes out at or near the optimum, the largest sum of what is
 * alive together.
 */
final class LifetimePlan {
    private record Life(Tensor tensor, int first, int last, long size) {
        boolean overlaps(Life other) {
            return first <= other.last && other.first <= last;
        }
    }

    private final long elements;
    private final long unshared;

    private LifetimePlan(long elements, long unshared) {
        this.elements = elements;
        this.unshared = unshared;
    }

    /** Elements the program's activations need together. */
    long elements() {
        return elements;
    }

    /** What they would need if nothing were shared. */
    long unsharedElements() {
        return unshared;
    }

    /** Plans and places all activations of a program's operations. */
    static LifetimePlan of(String program, List<Operation> operations) {
        List<Life> lives = lives(program, operations);
        lives.sort(Comparator.comparingLong(Life::size).reversed());
        List<Life> placed = new ArrayList<>();
        long top = 0;
        long sum = 0;
        for (Life life : lives) {
            long at = lowestPlace(life, placed);
            life.tensor.place(Math.toIntExact(at));
            insertByOffset(placed, life);
            top = Math.max(top, at + life.size);
            sum += life.size;
        }
        return new LifetimePlan(top, sum);
    }

    private static List<Life> lives(String program, List<Operation> operations) {
        Map<Tensor, int[]> spans = new IdentityHashMap<>();
        List<Tensor> order = new ArrayList<>();
        for (int i = 0; i < operations.size(); i++) {
            Operation op = operations.get(i);
            for (Tensor t : op.reads()) {
                Tensor base = t.base();
                if (base.arena() == ArenaKind.ACTIVATIONS) {
                    int[] span = spans.get(base);
                    if (span == null) {
                        throw new IllegalStateException("program " + program + ": operation " + op.name() + " reads "
                            + base + " before anything writes it");
                    }
                    span[1] = i;
                }
            }
            for (Tensor t : op.writes()) {
                Tensor base = t.base();
                if (base.arena() == ArenaKind.ACTIVATIONS) {
                    int[] span = spans.get(base);
                    if (span == null) {
                        spans.put(base, new int[] {i, i});
                        order.add(base);
                    } else {
                        span[1] = i;
                    }
                }
            }
        }
        List<Life> lives = new ArrayList<>();
        for (Tensor t : order) {
            int[] span = spans.get(t);
            lives.add(new Life(t, span[0], span[1], Arenas.aligned(t.size())));
        }
        return lives;
    }

    private static long lowestPlace(Life life, List<Life> placedByOffset) {
        long at = 0;
        for (Life other : placedByOffset) {
            if (life.overlaps(other)) {
                if (at + life.size <= other.tensor.offset()) {
                    return at;
                }
                at = Math.max(at, other.tensor.offset() + other.size);
            }
        }
        return at;
    }

    private static void insertByOffset(List<Life> placed, Life life) {
        int i = placed.size();
        while (i > 0 && placed.get(i - 1).tensor.offset() > life.tensor.offset()) {
            i--;
        }
        placed.add(i, life);
    }
}
