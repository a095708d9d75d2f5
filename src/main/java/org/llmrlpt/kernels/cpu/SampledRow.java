package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.Memory.at;
import static org.llmrlpt.kernels.cpu.Memory.getFloat;
import static org.llmrlpt.kernels.cpu.Memory.setFloat;
import static org.llmrlpt.kernels.cpu.VectorMath.S;
import static org.llmrlpt.kernels.cpu.VectorMath.notTooLow;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Draws a token from one row of logits. The row's exponentials e_i = exp((z_i - max) / temperature), max being the
 * largest that may be drawn, lie in working memory with a sum for each block; ids that top-k and top-p leave out become
 * 0 there. The draw then looks for the block in which the sum of all before it passes u times the whole, and in this
 * block for the id. For use by one thread.
 */
final class SampledRow {
    private static final VectorSpecies<Integer> SI = IntVector.SPECIES_PREFERRED;
    private static final int LANES = S.length();
    private static final int BYTES = S.vectorByteSize();
    /** Elements of a block. */
    private static final int BLOCK = 256;
    private static final Scratch EXPONENTIALS = new Scratch();
    private static final Scratch SUMS = new Scratch();
    private static final Scratch LANE_SUMS = new Scratch();

    private final TopElements top = new TopElements();
    private long e;
    private long sums;
    private long lanes;
    private double logProbability;
    private double entropy;

    /** log p of the token drawn last, before any cut. */
    double logProbability() {
        return logProbability;
    }

    /** Entropy of the distribution that the last token was drawn from, before any cut. */
    double entropy() {
        return entropy;
    }

    /**
     * Draws one of the first {@code allowed} of the n logits at {@code z}.
     *
     * @param k how many of the largest may be drawn; 0: all
     * @param topP share of their mass that the most probable must reach to be drawn; 1: all
     * @param u uniform in (0, 1)
     */
    int draw(long z, int n, int allowed, float inverseTemperature, int k, float topP, float u) {
        e = EXPONENTIALS.floats(n + (long) LANES);
        sums = SUMS.floats(Math.ceilDiv(n, BLOCK));
        lanes = LANE_SUMS.floats(2L * LANES);
        float shift = Rows.max(z, n) * inverseTemperature;
        double weighted = exponentials(z, n, inverseTemperature, shift);
        double logTotal = Math.log(sum(n));
        entropy = logTotal - weighted;
        if (allowed < n) {
            float own = Rows.max(z, allowed) * inverseTemperature;
            if (own < shift) { // beside what may not be drawn, all that may be could be nothing
                exponentials(z, allowed, inverseTemperature, own);
            }
            sumBlocks(allowed / BLOCK, allowed);
        }
        if (k > 0 && k < allowed) {
            top.find(z, allowed, k);
            keep(z, allowed, top.threshold(), top.lastEqual());
            sumBlocks(0, allowed);
        }
        if (topP < 1) {
            cutToMass(z, allowed, topP * sum(allowed));
            sumBlocks(0, allowed);
        }
        int token = find(allowed, u * sum(allowed));
        logProbability = (double) (getFloat(at(z, token)) * inverseTemperature - shift) - logTotal;
        return token;
    }

    /** Fills e and the sums of its blocks; returns Σ p d, where e = exp(d) and p = e / Σ e. */
    private double exponentials(long z, int n, float inverseTemperature, float shift) {
        double total = 0;
        double weighted = 0;
        for (int from = 0; from < n; from += BLOCK) {
            int count = Math.min(BLOCK, n - from);
            int whole = S.loopBound(count);
            vectors(at(z, from), whole, inverseTemperature, shift, at(e, from), lanes);
            if (whole < count) {
                rest(at(z, from + whole), count - whole, inverseTemperature, shift, at(e, from + whole), lanes);
            }
            float sum = Lanes.sum(lanes, LANES);
            setFloat(at(sums, from / BLOCK), sum);
            total += sum;
            weighted += Lanes.sum(at(lanes, LANES), LANES);
        }
        return weighted / total;
    }

    /** x = exp(d), d = z factor - shift, of whole vectors; the sums of x and of x d by lane go to {@code lanes}. */
    private static void vectors(long z, int n, float factor, float shift, long to, long lanes) {
        FloatVector scale = broadcast(S, factor);
        FloatVector minus = broadcast(S, -shift);
        FloatVector s = FloatVector.zero(S);
        FloatVector t = s;
        for (int i = 0; i < n; i += LANES) {
            FloatVector d = notTooLow(fromMemorySegment(S, ALL, z, ORDER).fma(scale, minus));
            FloatVector x = VectorMath.expInRange(d);
            x.intoMemorySegment(ALL, to, ORDER);
            s = s.add(x);
            t = x.fma(d, t);
            z += BYTES;
            to += BYTES;
        }
        s.intoMemorySegment(ALL, lanes, ORDER);
        t.intoMemorySegment(ALL, lanes + BYTES, ORDER);
    }

    /** The same of less than a vector, which is filled up with zeros; the sums are added to {@code lanes}. */
    private static void rest(long z, int n, float factor, float shift, long to, long lanes) {
        VectorMask<Float> inside = S.indexInRange(0, n);
        FloatVector d = notTooLow(fromMemorySegment(S, ALL, z, ORDER, inside)
            .fma(broadcast(S, factor), broadcast(S, -shift)));
        FloatVector x = FloatVector.zero(S).blend(VectorMath.expInRange(d), inside);
        x.intoMemorySegment(ALL, to, ORDER);
        fromMemorySegment(S, ALL, lanes, ORDER).add(x).intoMemorySegment(ALL, lanes, ORDER);
        x.fma(d, fromMemorySegment(S, ALL, lanes + BYTES, ORDER)).intoMemorySegment(ALL, lanes + BYTES, ORDER);
    }

    /** The sums of the blocks that cover the first n elements, added up. */
    private double sum(int n) {
        double sum = 0;
        for (int b = 0; b * BLOCK < n; b++) {
            sum += getFloat(at(sums, b));
        }
        return sum;
    }

    /** Adds up the blocks from {@code first} on anew, of n elements in all. */
    private void sumBlocks(int first, int n) {
        for (int from = first * BLOCK; from < n; from += BLOCK) {
            setFloat(at(sums, from / BLOCK), sumBetween(from, Math.min(n, from + BLOCK)));
        }
    }

    private float sumBetween(int from, int to) {
        FloatVector s = FloatVector.zero(S);
        for (int i = from; i < to; i += LANES) {
            s = s.add(fromMemorySegment(S, ALL, at(e, i), ORDER, S.indexInRange(i, to)));
        }
        s.intoMemorySegment(ALL, lanes, ORDER);
        return Lanes.sum(lanes, LANES);
    }

    /** Leaves the elements above {@code threshold}, and those equal to it with an index of at most {@code last}. */
    private void keep(long z, int n, float threshold, int last) {
        IntVector index = IntVector.zero(SI).addIndex(1);
        for (int i = 0; i < n; i += LANES) {
            VectorMask<Float> inside = S.indexInRange(i, n);
            FloatVector x = fromMemorySegment(S, ALL, at(z, i), ORDER, inside);
            VectorMask<Float> kept = x.compare(EQ, threshold).and(index.add(i).compare(LE, last).cast(S))
                .or(x.compare(GT, threshold));
            FloatVector.zero(S).blend(fromMemorySegment(S, ALL, at(e, i), ORDER, inside), kept)
                .intoMemorySegment(ALL, at(e, i), ORDER, inside);
        }
    }

    /** Leaves the largest elements whose sum first reaches {@code goal}, at least one. */
    private void cutToMass(long z, int n, double goal) {
        int low = TopElements.LEAST;
        int high = TopElements.key(Rows.max(z, n));
        while (low < high) {
            int middle = (int) (((long) low + high + 1) >> 1);
            if (massFrom(z, n, TopElements.value(middle)) >= goal) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        float threshold = TopElements.value(low);
        double mass = massFrom(z, n, Math.nextUp(threshold));
        int last = -1;
        for (int i = 0; i < n && (last < 0 || mass < goal); i++) {
            if (getFloat(at(z, i)) == threshold && getFloat(at(e, i)) > 0) {
                mass += getFloat(at(e, i));
                last = i;
            }
        }
        keep(z, n, threshold, last);
    }

    /** Sum of the e_i with z_i at least {@code bound}; never falls when the bound falls. */
    private double massFrom(long z, int n, float bound) {
        FloatVector s = FloatVector.zero(S);
        for (int i = 0; i < n; i += LANES) {
            VectorMask<Float> inside = S.indexInRange(i, n);
            FloatVector x = fromMemorySegment(S, ALL, at(z, i), ORDER, inside);
            FloatVector mass = fromMemorySegment(S, ALL, at(e, i), ORDER, inside);
            s = s.add(FloatVector.zero(S).blend(mass, x.compare(GE, bound)));
        }
        s.intoMemorySegment(ALL, lanes, ORDER);
        return Lanes.sum(lanes, LANES);
    }

    /** The first element where the running sum exceeds {@code target}; if rounding lets none, the block's largest. */
    private int find(int n, double target) {
        int block = 0;
        double before = 0;
        int last = (n - 1) / BLOCK;
        while (block < last && before + getFloat(at(sums, block)) <= target) {
            before += getFloat(at(sums, block++));
        }
        int largest = block * BLOCK;
        for (int i = largest; i < Math.min(n, (block + 1) * BLOCK); i++) {
            float x = getFloat(at(e, i));
            before += x;
            if (before > target) {
                return i;
            }
            largest = x > getFloat(at(e, largest)) ? i : largest;
        }
        return largest;
    }
}
