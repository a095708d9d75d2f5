package org.llmrlpt.kernels;

import static org.llmrlpt.kernels.Closeness.assertClose;
import static org.llmrlpt.kernels.Closeness.assertSameBits;
import static org.llmrlpt.kernels.RandomNumbers.gaussian;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.KernelHarness.Layout;
import org.llmrlpt.kernels.cpu.Workers;

class AttentionTest {
    record Shape(int sequences, int length, int heads, int groups, int width) {
        int rows() {
            return sequences * length;
        }
    }

    static Stream<Arguments> shapes() {
        List<Shape> shapes = List.of(new Shape(1, 1, 1, 1, 2), new Shape(3, 1, 4, 2, 8), new Shape(2, 37, 4, 4, 6),
            new Shape(2, 37, 4, 1, 16), new Shape(1, 200, 2, 1, 24), new Shape(2, 130, 4, 2, 64),
            new Shape(1, 300, 2, 2, 80), new Shape(1, 65, 4, 4, 128), new Shape(1, 600, 2, 1, 10),
            new Shape(4, 330, 1, 1, 12));
        return TestedKernels.all().flatMap(k -> shapes.stream().map(s -> Arguments.of(k, s)));
    }

    @ParameterizedTest(name = "{1} on {0}")
    @MethodSource("shapes")
    void oneDocumentAgreesWithDoublePrecision(Kernels kernels, Shape shape) {
        agreesWithDoublePrecision(kernels, shape, SeenKeys.from(new int[shape.rows()]), Layout.CONTIGUOUS);
    }

    @ParameterizedTest(name = "{1} on {0}")
    @MethodSource("shapes")
    void packedDocumentsAndStridedViewsAgreeWithDoublePrecision(Kernels kernels, Shape shape) {
        agreesWithDoublePrecision(kernels, shape, documents(shape), Layout.STRIDED);
    }

    @ParameterizedTest(name = "{1} on {0}")
    @MethodSource("shapes")
    void documentsThatShareTheirBeginningAgreeWithDoublePrecision(Kernels kernels, Shape shape) {
        agreesWithDoublePrecision(kernels, shape, sharedBeginnings(shape), Layout.STRIDED);
    }

    @ParameterizedTest
    @MethodSource("sets")
    void gapsAtAndBesideTheEdgesOfTilesAgreeWithDoublePrecision(Kernels kernels) {
        for (Shape shape : List.of(new Shape(18, 270, 2, 1, 6), new Shape(3, 300, 1, 1, 8))) {
            agreesWithDoublePrecision(kernels, shape, gapsAtEdges(shape), Layout.CONTIGUOUS);
        }
    }

    @ParameterizedTest
    @MethodSource("sets")
    void longBeginningsAndManyDocumentsAgreeWithDoublePrecision(Kernels kernels) {
        Shape shape = new Shape(2, 1100, 1, 1, 8);
        int[] seen = new int[shape.rows() * SeenKeys.COLUMNS];
        group(seen, 0, 0, 290, List.of(31, 400, 2, 270, 107));
        group(seen, 1100, 0, 70, Collections.nCopies(600, 1));
        group(seen, 1100, 670, 0, List.of(300, 130));
        agreesWithDoublePrecision(kernels, shape, seen, Layout.CONTIGUOUS);
    }

    @ParameterizedTest
    @MethodSource("sets")
    void keysOfOtherDocumentsDoNotMatter(Kernels kernels) {
        Shape shape = new Shape(1, 150, 2, 1, 16);
        int[] starts = new int[shape.length];
        int second = 71;
        for (int t = second; t < shape.length; t++) {
            starts[t] = second;
        }
        float[] q = gaussian("q", shape.rows() * 2 * 16);
        float[] k = gaussian("k", shape.rows() * 16);
        float[] v = gaussian("v", shape.rows() * 16);
        int[] seen = SeenKeys.from(starts);
        Result one = run(kernels, shape, seen, q, k, v, q, Layout.CONTIGUOUS);
        for (int i = 0; i < second * 16; i++) {
            k[i] *= 30;
            v[i] *= -7;
        }
        Result other = run(kernels, shape, seen, q, k, v, q, Layout.CONTIGUOUS);
        for (int i = second * 32; i < q.length; i++) {
            assertSameBits("out", new float[] {one.out[i]}, new float[] {other.out[i]});
            assertSameBits("dQ", new float[] {one.dQ[i]}, new float[] {other.dQ[i]});
        }
        for (int i = second * 16; i < k.length; i++) {
            assertSameBits("dK", new float[] {one.dK[i]}, new float[] {other.dK[i]});
            assertSameBits("dV", new float[] {one.dV[i]}, new float[] {other.dV[i]});
        }
    }

    @ParameterizedTest
    @MethodSource("sets")
    void largeScoresNeitherOverflowNorLoseTheLargest(Kernels kernels) {
        Shape shape = new Shape(1, 90, 2, 2, 8);
        float[] q = gaussian("q", shape.rows() * 16);
        float[] k = gaussian("k", shape.rows() * 16);
        for (int i = 0; i < q.length; i++) {
            q[i] *= 40;
            k[i] *= 40;
        }
        float[] v = gaussian("v", k.length);
        float[] dOut = gaussian("do", q.length);
        int[] seen = SeenKeys.from(new int[shape.rows()]);
        Result got = run(kernels, shape, seen, q, k, v, dOut, Layout.CONTIGUOUS);
        AttentionReference want = new AttentionReference(q, k, v, seen, dOut, shape.length, 2, 2, 8);
        // Scores of some thousands are right to their last bit or two only, which is what the exponentials multiply.
        assertClose("out", want.out, got.out, 2e-3, 0);
        assertClose("lse", want.lse, got.lse);
        assertClose("dV", want.dV, got.dV, 2e-3, 0);
    }

    @ParameterizedTest
    @MethodSource("sets")
    void theBitsDoNotDependOnTheNumberOfThreads(Kernels kernels) {
        int threads = Workers.threads();
        try {
            for (Shape shape : List.of(new Shape(1, 700, 4, 1, 24), new Shape(3, 61, 4, 2, 16))) {
                int[] seen = shape.sequences == 1 ? sharedBeginnings(shape) : documents(shape);
                float[] q = gaussian("q", shape.rows() * shape.heads * shape.width);
                float[] k = gaussian("k", shape.rows() * shape.groups * shape.width);
                float[] v = gaussian("v", k.length);
                float[] dOut = gaussian("do", q.length);
                Workers.use(1);
                Result one = run(kernels, shape, seen, q, k, v, dOut, Layout.CONTIGUOUS);
                for (int n = 2; n <= 3; n++) {
                    Workers.use(n);
                    Result many = run(kernels, shape, seen, q, k, v, dOut, Layout.CONTIGUOUS);
                    assertSameBits("out", one.out, many.out);
                    assertSameBits("lse", one.lse, many.lse);
                    assertSameBits("dQ", one.dQ, many.dQ);
                    assertSameBits("dK", one.dK, many.dK);
                    assertSameBits("dV", one.dV, many.dV);
                }
            }
        } finally {
            Workers.use(threads);
        }
    }

    static Stream<Named<Kernels>> sets() {
        return TestedKernels.all();
    }

    static void agreesWithDoublePrecision(Kernels kernels, Shape shape, int[] seen, Layout layout) {
        float[] q = gaussian("q", shape.rows() * shape.heads * shape.width);
        float[] k = gaussian("k", shape.rows() * shape.groups * shape.width);
        float[] v = gaussian("v", k.length);
        float[] dOut = gaussian("do", q.length);
        Result got = run(kernels, shape, seen, q, k, v, dOut, layout);
        AttentionReference want = new AttentionReference(q, k, v, seen, dOut, shape.length, shape.heads,
            shape.groups, shape.width);
        assertClose("out", want.out, got.out, 1e-5, 1e-6);
        assertClose("lse", want.lse, got.lse, 1e-5, 1e-6);
        assertClose("dQ", want.dQ, got.dQ, 1e-5, 1e-6);
        assertClose("dK", want.dK, got.dK, 1e-5, 1e-6);
        assertClose("dV", want.dV, got.dV, 1e-5, 1e-6);
    }

    record Result(float[] out, float[] lse, float[] dQ, float[] dK, float[] dV) {
    }

    static Result run(Kernels kernels, Shape shape, int[] seen, float[] q, float[] k, float[] v,
        float[] dOut, Layout layout) {
        int queryColumns = shape.heads * shape.width;
        int keyColumns = shape.groups * shape.width;
        int rows = shape.rows();
        try (KernelHarness h = new KernelHarness(kernels)) {
            Tensor qIn = h.input("q", rows, queryColumns, layout, q);
            Tensor kIn = h.input("k", rows, keyColumns, layout, k);
            Tensor vIn = h.input("v", rows, keyColumns, layout, v);
            Tensor dOutIn = h.input("dOut", rows, queryColumns, layout, dOut);
            Tensor seenIn = h.ints("seen", seen);
            Tensor out = h.output("out", rows, queryColumns, layout);
            Tensor lse = h.output("lse", rows, shape.heads);
            Tensor dQ = h.output("dQ", rows, queryColumns, layout);
            Tensor dK = h.output("dK", rows, keyColumns, layout);
            Tensor dV = h.output("dV", rows, keyColumns, layout);
            h.run((set, p) -> {
                set.attention(p, qIn, kIn, vIn, seenIn, out, lse, shape.length, shape.width);
                set.attentionBackward(p, qIn, kIn, vIn, seenIn, out, lse, dOutIn, dQ, dK, dV, shape.length,
                    shape.width);
            });
            return new Result(h.values(out), h.values(lse), h.values(dQ), h.values(dK), h.values(dV));
        }
    }

    /** Documents of differing lengths, some of a single token. */
    static int[] documents(Shape shape) {
        int[] starts = new int[shape.rows()];
        for (int b = 0; b < shape.sequences; b++) {
            int[] cuts = RandomNumbers.ints("documents" + b, shape.length, 40);
            int start = 0;
            for (int t = 0; t < shape.length; t++) {
                start = cuts[t] < 1 || cuts[t] == 7 && t % 3 == 0 ? t : start;
                starts[b * shape.length + t] = start;
            }
        }
        return SeenKeys.from(starts);
    }

    /** Groups of documents that share a beginning; documents of few and of many tokens, some groups of one token. */
    static int[] sharedBeginnings(Shape shape) {
        int[] seen = new int[shape.rows() * SeenKeys.COLUMNS];
        for (int b = 0; b < shape.sequences; b++) {
            int[] lengths = RandomNumbers.ints("groups" + b, shape.length + 1, 90);
            int t = 0;
            while (t < shape.length) {
                int first = t;
                int beginning = Math.min(shape.length - first, lengths[t] % 21);
                t += beginning;
                List<Integer> documents = new ArrayList<>();
                while (documents.size() < 4 && t < shape.length) {
                    documents.add(Math.min(shape.length - t, 1 + lengths[t]));
                    t += documents.getLast();
                }
                group(seen, b * shape.length, first, beginning, documents);
            }
        }
        return seen;
    }

    /**
     * A document of each of some lengths behind the beginning that they share; without one they stand apart.
     *
     * @param sequence the sequence's first row
     * @param first where the group begins in it
     */
    private static void group(int[] seen, int sequence, int first, int beginning, List<Integer> lengths) {
        int t = first;
        for (; t < first + beginning; t++) {
            SeenKeys.set(seen, sequence + t, first, first, first);
        }
        for (int length : lengths) {
            int own = t;
            for (; t < own + length; t++) {
                SeenKeys.set(seen, sequence + t, beginning == 0 ? own : first, beginning == 0 ? own : first + beginning,
                    own);
            }
        }
    }

    /**
     * Beginnings of 31, 32, 33, 63, 64 and 65 positions; then documents that begin at every multiple of 32, or the
     * place before or behind it; from such a place on, more than 70 positions from the end, another group.
     */
    static int[] gapsAtEdges(Shape shape) {
        int[] seen = new int[shape.rows() * SeenKeys.COLUMNS];
        for (int b = 0; b < shape.sequences; b++) {
            int beginning = 32 * (1 + b % 2) + b / 2 % 3 - 1;
            int beside = b / 6 % 3 - 1;
            int last = (shape.length - 70) / 64 * 64 + beside;
            int t = beginning;
            List<Integer> lengths = new ArrayList<>();
            while (t < last) {
                int end = Math.min(last, ((t - beside) / 32 + 1) * 32 + beside);
                lengths.add(end - t);
                t = end;
            }
            group(seen, b * shape.length, 0, beginning, lengths);
            group(seen, b * shape.length, last, 9, List.of(30, shape.length - last - 39));
        }
        return seen;
    }

    /** The golden lse is [B, H, T], ours [B·T, H]. */
    static double[] headsLast(double[] lse, Shape shape) {
        double[] turned = new double[lse.length];
        for (int b = 0; b < shape.sequences; b++) {
            for (int h = 0; h < shape.heads; h++) {
                for (int t = 0; t < shape.length; t++) {
                    turned[(b * shape.length + t) * shape.heads + h] =
                        lse[(b * shape.heads + h) * shape.length + t];
                }
            }
        }
        return turned;
    }
}
