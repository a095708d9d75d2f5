package org.llmrlpt.kernels.cpu;

/**
 * Products of row-major float matrices, C [M,N] = or += op(A)·op(B), on all {@link Workers}. Matrices are given by the
 * address of their first element and their leading dimension (floats from one row to the next, at least the row's
 * length). C must not overlap A or B.
 *
 * <p>An element of C is made of parts of k ({@link Tile#partOfK}), in their order, each a chain of fused multiply-adds
 * that begins with zero and is added to what C holds; {@link LongSumProduct} first adds up some neighbouring parts. Its
 * bits depend on no other element and not on the number of threads; those of nt and nn not on the shape of C either.
 */
public final class Gemm {
    static final Tile TILE = Tile.preferred();

    private Gemm() {
    }

    /** C [M,N] = or += A [M,K] · B [N,K]ᵀ: the forward pass of a linear layer, y = x·Wᵀ. */
    public static void nt(long a, int lda, long b, int ldb, long c, int ldc, int m, int n, int k, boolean accumulate) {
        nt(a, lda, b, ldb, c, ldc, m, n, k, accumulate, null);
    }

    /** As {@link #nt}, C = A · Bᵀ, then {@code epilogue}. */
    static void nt(long a, int lda, long b, int ldb, long c, int ldc, int m, int n, int k, Epilogue epilogue) {
        nt(a, lda, b, ldb, c, ldc, m, n, k, false, epilogue);
    }

    private static void nt(long a, int lda, long b, int ldb, long c, int ldc, int m, int n, int k, boolean accumulate,
        Epilogue epilogue) {
        check(a, lda, k, b, ldb, k, c, ldc, m, n, k);
        BlockedProduct product = new BlockedProduct(TILE, false, a, lda, c, ldc, m, Tile.partOfK(k), accumulate);
        if (BlockedProduct.isWide(m, n)) {
            product.multiplyByColumns(true, b, ldb, n, k);
        } else if (!accumulate && FewRowsProduct.pays(m, n, k)) {
            FewRowsProduct.multiply(a, lda, b, ldb, c, ldc, m, n, k);
        } else {
            product.multiply(true, b, ldb, n, k, epilogue);
            return;
        }
        if (epilogue != null) {
            Epilogue.applyToAll(epilogue, m, n);
        }
    }

    /** Floats of a packed B [N,K] for {@link #ntPacked}. */
    static long packedFloats(int n, int k) {
        return Panels.floatsB(TILE, n, k, Tile.partOfK(k));
    }

    /** Packs B [N,K] for {@link #ntPacked}. */
    static void pack(long b, int ldb, long to, int n, int k) {
        BlockedProduct.pack(TILE, true, b, ldb, n, k, Tile.partOfK(k), to);
    }

    /** C [M,N] = A [M,K] · B [N,K]ᵀ of a packed B, for few rows: the same bits as {@link #nt}. */
    static void ntPacked(long a, int lda, long packed, long c, int ldc, int m, int n, int k) {
        check(a, lda, k, packed, k, k, c, ldc, m, n, k);
        new BlockedProduct(TILE, false, a, lda, c, ldc, m, Tile.partOfK(k), false).multiplyPacked(packed, n, k);
    }

    /** C [M,N] = or += A [M,K] · B [K,N]: the gradient of a linear layer's input, dx = dy·W. */
    public static void nn(long a, int lda, long b, int ldb, long c, int ldc, int m, int n, int k, boolean accumulate) {
        check(a, lda, k, b, ldb, n, c, ldc, m, n, k);
        new BlockedProduct(TILE, false, a, lda, c, ldc, m, Tile.partOfK(k), accumulate).multiply(false, b, ldb, n, k);
    }

    /** C [M,N] = or += A [K,M]ᵀ · B [K,N]: the gradient of a linear layer's weights, dW += dyᵀ·x. */
    public static void tn(long a, int lda, long b, int ldb, long c, int ldc, int m, int n, int k, boolean accumulate) {
        check(a, lda, m, b, ldb, n, c, ldc, m, n, k);
        if (LongSumProduct.pays(m, n, k)) {
            new LongSumProduct(TILE, a, lda, b, ldb, m, n, k).multiply(c, ldc, accumulate);
            return;
        }
        BlockedProduct product = new BlockedProduct(TILE, true, a, lda, c, ldc, m, Tile.partOfK(k), accumulate);
        if (n > m) {
            product.multiplyByColumns(false, b, ldb, n, k);
        } else {
            product.multiply(false, b, ldb, n, k);
        }
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

    private static void checkView(String name, long address, int leading, int rowLength) {
        if (address == 0) {
            throw new IllegalArgumentException("matrix " + name + " has no address");
        }
        if (leading < rowLength) {
            throw new IllegalArgumentException(
                "matrix " + name + ": leading dimension " + leading + " is less than its row of " + rowLength);
        }
    }
}
