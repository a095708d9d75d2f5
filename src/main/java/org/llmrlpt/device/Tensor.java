package org.llmrlpt.device;

/**
 * A matrix [rows, columns] of floats (or of ints, in {@link ArenaKind#INTEGERS}) in an arena: row-major, with
 * {@code stride} elements from one row to the next. Vectors are [1, n]. A view shares its base's memory.
 */
public final class Tensor {
    private static final int UNPLACED = -1;

    private final String name;
    private final ArenaKind arena;
    private final int rows;
    private final int columns;
    private final int stride;
    private final Tensor base;
    private final int shift;
    private int offset = UNPLACED;

    private Tensor(String name, ArenaKind arena, int rows, int columns, int stride, Tensor base, int shift) {
        this.name = name;
        this.arena = arena;
        this.rows = rows;
        this.columns = columns;
        this.stride = stride;
        this.base = base == null ? this : base;
        this.shift = shift;
    }

    /** A tensor with memory of its own, not placed yet. */
    static Tensor unplaced(String name, ArenaKind arena, int rows, int columns) {
        if (rows < 1 || columns < 1) {
            throw new IllegalArgumentException("tensor " + name + " would be [" + rows + ", " + columns + "]");
        }
        return new Tensor(name, arena, rows, columns, columns, null, 0);
    }

    /** Columns {@code from} (included) to {@code from + count}, of all rows; the row stride stays. */
    public Tensor columns(int from, int count) {
        check(from >= 0 && count >= 1 && from + count <= columns, "columns", from, count);
        return new Tensor(name + "[:," + from + "+" + count + "]", arena, rows, count, stride, base, shift + from);
    }

    /** Rows {@code from} (included) to {@code from + count}. */
    public Tensor rows(int from, int count) {
        check(from >= 0 && count >= 1 && from + count <= rows, "rows", from, count);
        return new Tensor(name + "[" + from + "+" + count + "]", arena, count, columns, stride, base,
            Math.toIntExact(shift + (long) from * stride));
    }

    /** Elements {@code from} to {@code from + rows·columns} of a contiguous tensor, as a matrix of another shape. */
    public Tensor matrix(String viewName, int from, int viewRows, int viewColumns) {
        check(isContiguous() && from >= 0 && from + (long) viewRows * viewColumns <= size(), "elements", from,
            viewRows * viewColumns);
        return new Tensor(viewName, arena, viewRows, viewColumns, viewColumns, base, shift + from);
    }

    private void check(boolean inside, String what, int from, int count) {
        if (!inside) {
            throw new IllegalArgumentException(what + " " + from + "+" + count + " are not inside " + this);
        }
    }

    public String name() {
        return name;
    }

    public ArenaKind arena() {
        return arena;
    }

    public int rows() {
        return rows;
    }

    public int columns() {
        return columns;
    }

    /** Elements from the beginning of one row to the beginning of the next. */
    public int stride() {
        return stride;
    }

    /** Elements, without the gaps of a strided view. */
    public long size() {
        return (long) rows * columns;
    }

    /** Whether the rows follow each other without gaps. */
    public boolean isContiguous() {
        return stride == columns || rows == 1;
    }

    /** The tensor whose memory this one views; itself when it has its own. */
    Tensor base() {
        return base;
    }

    /** Whether it is a program's own, placed when the program is laid out. */
    boolean isActivation() {
        return arena == ArenaKind.ACTIVATIONS && !isPlaced();
    }

    /** Whether another tensor is a view of the same memory, of other elements in it. */
    public boolean isBesides(Tensor other) {
        return base == other.base && shift != other.shift;
    }

    /** Whether two tensors without gaps are the same elements, whatever their shapes. */
    public boolean isSameMemory(Tensor other) {
        return base == other.base && shift == other.shift && size() == other.size() && isContiguous()
            && other.isContiguous();
    }

    boolean isPlaced() {
        return base.offset != UNPLACED;
    }

    void place(int at) {
        if (base != this) {
            throw new IllegalStateException("a view is placed with its base: " + this);
        }
        offset = at;
    }

    /** Index in the arena of element [0, 0]. */
    public int offset() {
        if (!isPlaced()) {
            throw new IllegalStateException(this + " has no place yet: programs are laid out when the session starts");
        }
        return base.offset + shift;
    }

    @Override
    public String toString() {
        return name + " [" + rows + ", " + columns + "] in " + arena;
    }
}
