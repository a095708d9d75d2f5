package org.llmrlpt.kernels.cpu;

import java.lang.foreign.MemorySegment;

/**
 * A right-hand matrix op(B) [K,N] packed once for several products, such as weights that are constant over the
 * micro-batches of a step. It takes about 4·K·N bytes off-heap, which are kept when it is packed anew.
 * Packing and multiplying are for one thread at a time; many threads may multiply by it inside their tasks.
 */
public final class PackedB {
    private final Tile tile;
    private MemorySegment panels;
    private int n;
    private int k;

    /** Empty until packed. */
    public PackedB() {
        this(Gemm.TILE);
    }

    PackedB(Tile tile) {
        this.tile = tile;
    }

    /** Packs Wᵀ of a row-major W [N,K], for {@code y = x·Wᵀ}. */
    public void packTransposed(long w, int ldw, int n, int k) {
        pack(true, w, ldw, n, k);
    }

    /** Packs a row-major B [K,N], for {@code c = a·B}. */
    public void pack(long b, int ldb, int n, int k) {
        pack(false, b, ldb, n, k);
    }

    private void pack(boolean transposed, long b, int ldb, int columns, int depth) {
        Gemm.checkView("B", b, ldb, transposed ? depth : columns);
        long floats = (long) Panels.count(columns, tile.columns) * tile.columns * depth;
        if (panels == null || panels.byteSize() < 4 * floats) {
            panels = Memory.allocate(floats);
        }
        n = columns;
        k = depth;
        BlockedProduct.pack(tile, false, transposed, b, ldb, columns, depth, panels.address());
    }

    /** Number of columns N of op(B), which is the number of columns of C. */
    public int columns() {
        return n;
    }

    /** Length K of the sums. */
    public int depth() {
        return k;
    }

    long address() {
        if (panels == null) {
            throw new IllegalStateException("nothing was packed yet");
        }
        return panels.address();
    }

    Tile tile() {
        return tile;
    }
}
