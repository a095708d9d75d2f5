package org.llmrlpt.data.shards;

import java.util.List;

/** Shards read as one sequence. */
public final class ShardChain implements TokenSource {
    private final List<Shard> shards;
    /** ends[i] is the position after the last token of shard i. */
    private final long[] ends;

    public ShardChain(List<Shard> shards) {
        this.shards = List.copyOf(shards);
        ends = new long[shards.size()];
        long end = 0;
        for (int i = 0; i < ends.length; i++) {
            end += shards.get(i).size();
            ends[i] = end;
        }
    }

    @Override
    public long size() {
        return ends.length == 0 ? 0 : ends[ends.length - 1];
    }

    @Override
    public void copy(long from, int[] to, int at, int length) {
        if (from < 0 || length < 0 || from + length > size()) {
            throw new IndexOutOfBoundsException("tokens " + from + " to " + (from + length) + " of " + size());
        }
        int shard = 0;
        while (shard < ends.length && ends[shard] <= from) {
            shard++;
        }
        long position = from;
        int done = 0;
        while (done < length) {
            long start = shard == 0 ? 0 : ends[shard - 1];
            int part = (int) Math.min(length - done, ends[shard] - position);
            shards.get(shard).copy(position - start, to, at + done, part);
            done += part;
            position += part;
            shard++;
        }
    }
}
