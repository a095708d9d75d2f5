package org.llmrlpt.kernels.cpu;

import java.lang.foreign.Arena;
import java.lang.ref.Cleaner;

/**
 * Off-heap working memory, one block for each thread that asks. A kernel holds one {@code Scratch} for each purpose in
 * a static final field. A block only grows, so a training step allocates nothing once it has seen its largest shape.
 * Its contents are undefined at every call. A thread that hands the address to {@link Workers#forEach} thereby shares
 * its block with the helpers until that call returns.
 */
public final class Scratch {
    private static final Cleaner CLEANER = Cleaner.create();

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

    /** A thread's memory. What it grows out of is freed at once: without garbage, no collector would see to it. */
    private static final class Block {
        private final Owned owned = new Owned();
        private long address;
        private long count;

        Block() {
            CLEANER.register(this, owned::free);
        }

        private void grow(long wanted) {
            owned.free();
            address = owned.allocate(wanted);
            count = wanted;
        }
    }

    /** Apart from its block, so that it can be freed when that is no longer reachable. */
    private static final class Owned {
        private Arena arena;

        long allocate(long count) {
            arena = Arena.ofShared();
            return arena.allocate(4 * count, Memory.ALIGNMENT).address();
        }

        void free() {
            if (arena != null) {
                arena.close();
                arena = null;
            }
        }
    }
}
