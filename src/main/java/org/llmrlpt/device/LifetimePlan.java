package org.llmrlpt.device;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Lays out a program's activations: tensors that are not alive at the same time share memory. Greedy by size (largest
 * first, lowest free place), which for chains of layers comes out at or near the optimum, the largest sum of what is
 * alive together.
 *
 * <p>What a program hands on ({@link Session#handedOn}) has its place already, but each part of it is alive from its
 * first use only. Before that its memory is free, and activations prefer it, from the end: gradients are used in the
 * order of the backward pass, and those of the first layers, which lie first, must take the activations of the last.
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
        List<Life> placed = handedOn(program, operations);
        long shared = placed.isEmpty() ? 0 : placed.getLast().tensor.offset() + placed.getLast().size;
        List<Life> lives = lives(program, operations);
        lives.sort(Comparator.comparingLong(Life::size).reversed());
        long top = shared;
        long sum = 0;
        for (Life life : lives) {
            long at = highestPlace(life, placed, shared);
            if (at < 0) {
                at = lowestPlace(life, placed);
            }
            life.tensor.place(Math.toIntExact(at));
            insertByOffset(placed, life);
            top = Math.max(top, at + life.size);
            sum += life.size;
        }
        return new LifetimePlan(top, sum);
    }

    /** The parts of tensors that are handed on, by offset. */
    private static List<Life> handedOn(String program, List<Operation> operations) {
        Map<Integer, Life> parts = new TreeMap<>();
        for (int i = 0; i < operations.size(); i++) {
            for (Tensor t : operations.get(i).tensors()) {
                if (t.arena() == ArenaKind.ACTIVATIONS && t.base().isPlaced()) {
                    parts.putIfAbsent(t.offset(), new Life(t, i, Integer.MAX_VALUE, Arenas.aligned(t.size())));
                }
            }
        }
        long end = 0;
        for (Life part : parts.values()) {
            if (part.tensor.offset() > end) {
                throw new IllegalStateException("program " + program + " uses parts of " + part.tensor.base()
                    + " only: the others would be overwritten");
            }
            end = Math.max(end, part.tensor.offset() + part.size);
        }
        return new ArrayList<>(parts.values());
    }

    private static List<Life> lives(String program, List<Operation> operations) {
        Map<Tensor, int[]> spans = new IdentityHashMap<>();
        List<Tensor> order = new ArrayList<>();
        for (int i = 0; i < operations.size(); i++) {
            Operation op = operations.get(i);
            for (Tensor t : op.reads()) {
                Tensor base = t.base();
                if (base.isActivation()) {
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
                if (base.isActivation()) {
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

    /** The highest free place that ends at or below {@code limit}; -1 if there is none. */
    private static long highestPlace(Life life, List<Life> placedByOffset, long limit) {
        long highest = -1;
        long at = 0;
        for (Life other : placedByOffset) {
            if (life.overlaps(other)) {
                long end = Math.min(other.tensor.offset(), limit);
                if (at + life.size <= end) {
                    highest = end - life.size;
                }
                at = Math.max(at, other.tensor.offset() + other.size);
            }
        }
        return at + life.size <= limit ? limit - life.size : highest;
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
