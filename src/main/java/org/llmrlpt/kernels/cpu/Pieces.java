package org.llmrlpt.kernels.cpu;

/**
 * Cuts a range into tasks' pieces: large ones first and ever smaller ones at the end, so that all threads end together
 * though some are slower; a range that is too short for that into equal ones. How a range is cut depends on the number
 * of threads, so nothing may depend on it but speed.
 *
 * @param all length of the range
 * @param most length of the longest piece
 * @param least length of the shortest but the last
 * @param tasks how many tasks each piece makes
 */
record Pieces(int all, int most, int least, int tasks) {
    /** Where the piece that begins at {@code from} ends. */
    int end(int from) {
        int threads = Workers.threads();
        if (threads == 1) {
            return Math.min(all, from + most);
        }
        // The last of a piece's tasks is half of what each thread would then get of the rest.
        long shares = 2L * threads + tasks - 1;
        long length = (long) (all - from) * tasks / shares;
        if ((long) all * tasks / shares < 2L * least) {
            int rounds = Math.ceilDiv(Math.ceilDiv(all, most) * tasks, threads);
            length = Math.ceilDiv(all, Math.ceilDiv(rounds * threads, tasks));
        }
        return (int) Math.min(all, from + Math.clamp(length, Math.min(least, most), most));
    }

    /** How many pieces there are. */
    int count() {
        int pieces = 0;
        for (int i = 0; i < all; i = end(i)) {
            pieces++;
        }
        return pieces;
    }

    /** Where piece number {@code piece} begins. */
    int begin(int piece) {
        int i = 0;
        for (int p = 0; p < piece; p++) {
            i = end(i);
        }
        return i;
    }
}
