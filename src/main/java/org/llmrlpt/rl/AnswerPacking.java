package org.llmrlpt.rl;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.config.RlSettings;

/**
 * Distributes answers over micro-batches of a few static shapes: 1, 1/2, 1/4, 1/8 and 1/16 of the largest number of
 * positions. Long answers are placed first, each where it fits first; the result depends on the answers alone.
 */
final class AnswerPacking {
    private static final int SHAPES = 5;
    /** A micro-batch with more padding than this share is split into smaller ones. */
    private static final double MOST_PADDING = 0.125;

    private static final int MULTIPLE = 64;
    /** Most bytes of activations where the settings leave the size of a micro-batch open. */
    private static final long MOST_BYTES = 2L << 30;
    /** Bytes of activations that a position takes for each layer and each number of its width, about. */
    private static final int POSITION_BYTES = 48;

    private final List<Integer> shapes;

    /** Packing into micro-batches of at most {@code largest} positions, which must hold the longest answer. */
    AnswerPacking(int largest) {
        shapes = IntStream.range(0, SHAPES).map(i -> largest >> i).filter(n -> n > 0).boxed().toList();
    }

    /** Packing as the settings say; where they leave it open, the answers of a step are one micro-batch if they may. */
    static AnswerPacking of(RlSettings settings, ModelShape shape, AnswerLengths lengths) {
        if (settings.microBatch() != null) {
            return new AnswerPacking(Math.max(settings.microBatch(), lengths.text()));
        }
        long all = (long) settings.prompts() * settings.group()
            * Math.min(lengths.text(), lengths.prompt() + lengths.stages().longest() - 1);
        long fit = MOST_BYTES / ((long) POSITION_BYTES * shape.layers() * shape.width());
        long rows = Math.max(Math.min(all, fit), lengths.text());
        return new AnswerPacking(Math.toIntExact(Math.ceilDiv(rows, MULTIPLE) * MULTIPLE));
    }

    /** The numbers of positions that micro-batches may have, largest first. */
    List<Integer> shapes() {
        return shapes;
    }

    /** All answers in micro-batches; each stands in exactly one. */
    List<PackedBatch> pack(List<Answer> answers, TokenWeights weights) {
        List<Bin> bins = new ArrayList<>();
        capacities(answers.stream().mapToLong(Answer::positions).sum()).forEach(n -> bins.add(new Bin(n)));
        List<Integer> byLength = IntStream.range(0, answers.size()).boxed()
            .sorted(Comparator.comparingInt(i -> -answers.get(i).positions())).toList();
        for (int i : byLength) {
            place(bins, i, answers.get(i).positions());
        }
        List<PackedBatch> batches = new ArrayList<>();
        for (Bin bin : bins) {
            if (bin.used > 0) {
                List<Answer> inOrder = bin.answers.stream().sorted().map(answers::get).toList();
                batches.add(PackedBatch.of(inOrder, smallestFor(bin.used), weights));
            }
        }
        return batches;
    }

    /** Shapes that hold so many positions in all, if answers could be cut anywhere. */
    private List<Integer> capacities(long positions) {
        List<Integer> capacities = new ArrayList<>();
        long left = positions;
        while (left > 0) {
            int next = shapes.getFirst();
            if (left < next) {
                next = smallestFor((int) left);
                int smaller = shapes.indexOf(next) + 1;
                if (next - left > MOST_PADDING * next && smaller < shapes.size()) {
                    next = shapes.get(smaller);
                }
            }
            capacities.add(next);
            left -= next;
        }
        return capacities;
    }

    private void place(List<Bin> bins, int answer, int positions) {
        for (Bin bin : bins) {
            if (bin.used + positions <= bin.capacity) {
                bin.add(answer, positions);
                return;
            }
        }
        Bin extra = new Bin(smallestFor(positions));
        extra.add(answer, positions);
        bins.add(extra);
    }

    private int smallestFor(int positions) {
        return shapes.reversed().stream().filter(n -> n >= positions).findFirst().orElseThrow(() ->
            new IllegalArgumentException(positions + " positions do not fit into " + shapes.getFirst()));
    }

    /** A micro-batch that is being filled. */
    private static final class Bin {
        private final int capacity;
        private final List<Integer> answers = new ArrayList<>();
        private int used;

        Bin(int capacity) {
            this.capacity = capacity;
        }

        void add(int answer, int positions) {
            answers.add(answer);
            used += positions;
        }
    }
}
