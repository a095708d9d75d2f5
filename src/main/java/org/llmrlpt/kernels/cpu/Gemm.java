package org.llmrlpt.kernels.cpu;

import java.lang.ref.Reference;

/**
 * Products of row-major float matrices, C [M,N] = or += op(A)·op(B). {@link #nt}, {@link #nn} and {@link #tn} use all
 * {@link Workers}; the {@code block} methods stay on the calling thread, for small products inside a task. Matrices are
 * given by the address of their first element and their leading dimension (floats from one row to the next, at least
 * the row's length). C must not overlap A or B.
 *
 * <p>An element of C is one chain of fused multiply-adds in the order of k, which starts from what C holds when
 * accumulating; its bits depend neither on the other elements nor on the number of threads. The exception is
 * A·Bᵀ with few rows, M or N at most 16 ({@link #nt}) or 4 ({@link #blockNt}): there B is not packed and vector lanes
 * run along k; the bits of a row are again the same on any number of threads and with any other rows, up to that many.
 */
public final class Gemm {
    /** Up to so many rows of either operand, {@link #nt} takes dot products instead of packing. */
    static final int FEW = 16;
    /** The same for {@link #blockNt}, whose sums are short: a dot product ends by adding up the lanes. */
    private static final int FEW_IN_BLOCK = 4;
    static final Tile TILE = Tile.preferred();

    private Gemm() {
    }

    /** C [M,N] = or += A [M,K] · B [N,K]ᵀ: the forward pass of a linear layer, y = x·Wᵀ. */
    public static void nt(long a, int lda, long b, int ldb, long c, int ldc, int m, int n, int k, boolean accumulate) {
        nt(false, a, lda, b, ldb, c, ldc, m, n, k, accumulate);
    }

    /** C [M,N] = or += A [M,K] · B [K,N]: the gradient of a linear layer's input, dx = dy·W. */
    public static void nn(long a, int lda, long b, int ldb, long c, int ldc, int m, int n, int k, boolean accumulate) {
        nn(false, a, lda, b, ldb, c, ldc, m, n, k, accumulate);
    }

    /** C [M,N] = or += A [K,M]ᵀ · B [K,N]: the gradient of a linear layer's weights, dW += dyᵀ·x. */
    public static void tn(long a, int lda, long b, int ldb, long c, int ldc, int m, int n, int k, boolean accumulate) {
        tn(false, a, lda, b, ldb, c, ldc, m, n, k, accumulate);
    }

    /** {@link #nt} on the calling thread alone. */
    public static void blockNt(long a, int lda, long b, int ldb, long c, int ldc, int m, int n, int k,
        boolean accumulate) {
        nt(true, a, lda, b, ldb, c, ldc, m, n, k, accumulate);
    }

    /** {@link #nn} on the calling thread alone. */
    public static void blockNn(long a, int lda, long b, int ldb, long c, int ldc, int m, int n, int k,
        boolean accumulate) {
        nn(true, a, lda, b, ldb, c, ldc, m, n, k, accumulate);
    }

    /** {@link #tn} on the calling thread alone. */
    public static void blockTn(long a, int lda, long b, int ldb, long c, int ldc, int m, int n, int k,
        boolean accumulate) {
        tn(true, a, lda, b, ldb, c, ldc, m, n, k, accumulate);
    }

    /** C [M,N] = or += A [M,K] · op(B), with N, K and op as {@code b} was packed. */
    public static void packed(long a, int lda, PackedB b, long c, int ldc, int m, boolean accumulate) {
        checkView("A", a, lda, b.depth());
        checkView("C", c, ldc, b.columns());
        new BlockedProduct(b.tile(), false, false, a, lda, c, ldc, m, accumulate)
            .multiplyPacked(b.address(), b.columns(), b.depth());
        Reference.reachabilityFence(b);
    }

    private static void nt(boolean alone, long a, int lda, long b, int ldb, long c, int ldc, int m, int n, int k,
        boolean accumulate) {
        check(a, lda, k, b, ldb, k, c, ldc, m, n, k);
        int few = alone ? FEW_IN_BLOCK : FEW;
        if (m <= few) {
            DotProducts.multiply(a, lda, b, ldb, c, ldc, 1, m, n, k, accumulate, alone);
        } else if (n <= few) {
            DotProducts.multiply(b, ldb, a, lda, c, 1, ldc, n, m, k, accumulate, alone);
        } else {
            new BlockedProduct(TILE, alone, false, a, lda, c, ldc, m, accumulate).multiply(true, b, ldb, n, k);
        }
    }

    private static void nn(boolean alone, long a, int lda, long b, int ldb, long c, int ldc, int m, int n, int k,
        boolean accumulate) {
        check(a, lda, k, b, ldb, n, c, ldc, m, n, k);
        new BlockedProduct(TILE, alone, false, a, lda, c, ldc, m, accumulate).multiply(false, b, ldb, n, k);
    }

    private static void tn(boolean alone, long a, int lda, long b, int ldb, long c, int ldc, int m, int n, int k,
        boolean accumulate) {
        check(a, lda, m, b, ldb, n, c, ldc, m, n, k);
        new BlockedProduct(TILE, alone, true, a, lda, c, ldc, m, accumulate).multiply(false, b, ldb, n, k);
    }

    private static void check(long a, int lda, int rowA, long b, int ldb, int rowB, long c, int ldc, int m, int n,
        int k) {
        if (m < 1 || n < 1 || k < 1) {
            throw new IllegalArgumentException("a product of " + m + " x " + k + " x " + n + " is empty");
        }
        checkView("A", a, lda, rowA);
        checkView("B", b, ldb, rowB);
        checkView("C", c, ldc, n);
    }

    static void checkView(String name, long address, int leading, int rowLength) {
        if (address == 0) {
            throw new IllegalArgumentException("matrix " + name + " has no address");
        }
        if (leading < rowLength) {
            throw new IllegalArgumentException(
                "matrix " + name + ": leading dimension " + leading + " is less than its row of " + rowLength);
        }
    }
}
