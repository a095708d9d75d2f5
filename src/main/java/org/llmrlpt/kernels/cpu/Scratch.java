package org.llmrlpt.kernels.cpu;

import java.lang.foreign.MemorySegment;

/**
 * Off-heap working memory, one block for each thread that asks. A kernel holds one {@code Scratch} for each purpose in
 * a static final field. A block only grows, so a training step allocates nothing once it has seen its largest shape.
 * Its contents are undefined at every call. A thread that hands the address to {@link Workers#forEach} thereby shares
 * its block with the helpers until that call returns.
 */
public final class Scratch {
    private final ThreadLocal<Block> blocks = ThreadLocal.withInitial(Block::new);

    /**
     * Address (64-byte aligned) of at least {@code count} floats that belong to the calling thread, valid until the
     * same thread asks this scratch for more.
     */
    public long floats(long count) {
        Block block = blocks.get();
        if (block.count < count) {
            block.grow(count);
        }
        return block.address;
    }

    private static final class Block {
        private long address;
        private long count;
        private MemorySegment owner;

        private void grow(long wanted) {
            owner = null; // lets the old memory go before the new is asked for
            long larger = Math.max(wanted, count + count / 2);
            owner = Memory.allocate(larger);
            address = owner.address();
            count = larger;
        }
    }
}
