package org.llmrlpt.kernels;

/**
 * Columns of what says which keys of its sequence each position sees: those from {@link #FIRST} up to its own, without
 * those from {@link #GAP} to before {@link #GAP_END}. So a document that shares its beginning with others lies behind
 * them and leaves them out. Places count within the sequence, and FIRST <= GAP <= GAP_END <= the position. None of the
 * three ever falls along the sequence, and a key that one position leaves out, all behind it leave out too.
 */
public final class SeenKeys {
    /** The first key. */
    public static final int FIRST = 0;
    /** Where a gap begins; where it ends too, if there is none. */
    public static final int GAP = 1;
    /** One past the last key of the gap. */
    public static final int GAP_END = 2;
    /** How many columns there are. */
    public static final int COLUMNS = 3;

    private SeenKeys() {
    }

    /** Sets what {@code position} sees in {@code seen} [R, {@link #COLUMNS}]. */
    public static void set(int[] seen, int position, int first, int gap, int gapEnd) {
        int at = position * COLUMNS;
        seen[at + FIRST] = first;
        seen[at + GAP] = gap;
        seen[at + GAP_END] = gapEnd;
    }

    /** For positions that see all keys from where their document starts [R]: [R, {@link #COLUMNS}]. */
    public static int[] from(int[] starts) {
        int[] seen = new int[starts.length * COLUMNS];
        for (int i = 0; i < starts.length; i++) {
            set(seen, i, starts[i], starts[i], starts[i]);
        }
        return seen;
    }
}
