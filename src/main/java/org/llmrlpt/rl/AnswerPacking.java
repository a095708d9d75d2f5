package org.llmrlpt.rl;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.config.RlSettings;

/**
 * Distributes answers over micro-batches of a few static shapes: 1, 1/2, 1/4, 1/8 and 1/16 of the largest number of
 * positions. Answers to one prompt, which share its beginning, stay together where they fit. Large groups and long
 * answers are placed first, each where it fits first; the result depends on the answers alone.
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
        long all = settings.prompts()
            * (lengths.prompt() - 1 + (long) settings.group() * lengths.stages().longest());
        long fit = MOST_BYTES / ((long) POSITION_BYTES * shape.layers() * shape.width());
        long rows = Math.max(Math.min(all, fit), lengths.text());
        return new AnswerPacking(Math.toIntExact(Math.ceilDiv(rows, MULTIPLE) * MULTIPLE));
    }

    /** The numbers of positions that micro-batches may have, largest first. */
    List<Integer> shapes() {
        return shapes;
    }

    /** All answers, those to one prompt next to each other, in micro-batches; each stands in exactly one. */
    List<PackedBatch> pack(List<Answer> answers, TokenWeights weights) {
        List<List<Member>> groups = groups(answers);
        List<Bin> bins = new ArrayList<>();
        capacities(groups.stream().mapToLong(AnswerPacking::positions).sum()).forEach(n -> bins.add(new Bin(n)));
        groups.stream().sorted(Comparator.comparingInt(g -> -positions(g))).forEach(g -> place(bins, g));
        List<PackedBatch> batches = new ArrayList<>();
        for (Bin bin : bins) {
            if (bin.used > 0) {
                List<Answer> inOrder = bin.members.stream().sorted(Comparator.comparingInt(Member::number))
                    .map(Member::answer).toList();
                batches.add(PackedBatch.of(inOrder, smallestFor(bin.used), weights));
            }
        }
        return batches;
    }

    /** Neighbours with one prompt. */
    private static List<List<Member>> groups(List<Answer> answers) {
        List<List<Member>> groups = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            Answer answer = answers.get(i);
            if (i == 0 || !answer.sharesBeginning(answers.get(i - 1))) {
                groups.add(new ArrayList<>());
            }
            groups.getLast().add(new Member(i, groups.size(), answer));
        }
        return groups;
    }

    /** What members of one group need together. */
    private static int positions(List<Member> members) {
        return members.getFirst().answer.beginning() + members.stream().mapToInt(m -> m.answer.positions()).sum();
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

    /** Members of one group: where all of them fit, or else each by itself, the longest first. */
    private void place(List<Bin> bins, List<Member> members) {
        if (bins.stream().anyMatch(bin -> bin.takes(members))) {
            return;
        }
        if (members.size() == 1) {
            Bin extra = new Bin(smallestFor(positions(members)));
            extra.takes(members);
            bins.add(extra);
        } else {
            members.stream().sorted(Comparator.comparingInt(m -> -m.answer.positions()))
                .forEach(m -> place(bins, List.of(m)));
        }
    }

    private int smallestFor(int positions) {
        return shapes.reversed().stream().filter(n -> n >= positions).findFirst().orElseThrow(() ->
            new IllegalArgumentException(positions + " positions do not fit into " + shapes.getFirst()));
    }

    /** An answer, its place among all, and its group's. */
    private record Member(int number, int group, Answer answer) {
    }

    /** A micro-batch that is being filled. */
    private static final class Bin {
        private final int capacity;
        private final List<Member> members = new ArrayList<>();
        private int used;

        Bin(int capacity) {
            this.capacity = capacity;
        }

        /** Takes members of one group if they fit; what they share counts only if none of the group is here yet. */
        boolean takes(List<Member> some) {
            int group = some.getFirst().group;
            boolean begun = members.stream().anyMatch(m -> m.group == group);
            int needed = positions(some) - (begun ? some.getFirst().answer.beginning() : 0);
            if (used + needed > capacity) {
                return false;
            }
            members.addAll(some);
            used += needed;
            return true;
        }
    }
}
