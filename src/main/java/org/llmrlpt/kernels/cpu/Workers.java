package org.llmrlpt.kernels.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * The threads that kernels run on. {@link #forEach} hands out task numbers from a shared counter to the caller and to
 * the helpers, so which thread runs a task is chance: a kernel keeps its results the same on any number of threads by
 * cutting its work into tasks by shape alone.
 *
 * <p>Only one loop is shared out at a time. A call made meanwhile, from inside a task or from another thread, runs its
 * tasks on the calling thread. A call allocates nothing.
 */
public final class Workers {
    /** How often a helper looks for work before it sleeps: some tenths of a millisecond. */
    private static final int SPINS_BEFORE_SLEEP = 10_000;
    /** How often a caller looks whether the helpers are done before it offers its core to others. */
    private static final int SPINS_BEFORE_YIELD = 1_000;

    private static volatile Workers current = new Workers(Runtime.getRuntime().availableProcessors());

    private static final ThreadLocal<Boolean> ALONE = ThreadLocal.withInitial(() -> false);

    private final Helper[] helpers;
    private final AtomicInteger shared = new AtomicInteger();
    /** The next ticket: number of the loop in the high half, number of the task in the low half. */
    private final AtomicLong next = new AtomicLong();
    /** Number of the loop in the high half, how many tasks it has in the low half. */
    private volatile long limit;
    private final AtomicInteger finished = new AtomicInteger();
    private volatile IntConsumer body;
    private volatile Throwable failure;
    private volatile boolean closed;

    private Workers(int threads) {
        helpers = new Helper[threads - 1];
        for (int i = 0; i < helpers.length; i++) {
            helpers[i] = new Helper(this, i + 1);
            helpers[i].start();
        }
    }

    /**
     * Sets the number of threads, the caller of each loop included; not to be called inside a task.
     *
     * @throws IllegalArgumentException if {@code threads} is less than 1
     * @throws IllegalStateException if a loop is running
     */
    public static synchronized void use(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("at least one thread is needed: " + threads);
        }
        if (threads == threads()) {
            return;
        }
        Workers old = current;
        if (!old.shared.compareAndSet(0, 1)) { // never released: a loop that still holds the old pool runs alone
            throw new IllegalStateException("the number of threads cannot change while a loop is running");
        }
        current = new Workers(threads);
        old.closed = true;
        for (Helper helper : old.helpers) {
            LockSupport.unpark(helper);
        }
    }

    /** The number of threads in use: the helpers and the caller. */
    public static int threads() {
        return current.helpers.length + 1;
    }

    /** Runs {@code body}; loops that it begins run on the calling thread and leave the helpers to others. */
    public static void alone(Runnable body) {
        ALONE.set(true);
        try {
            body.run();
        } finally {
            ALONE.remove();
        }
    }

    /**
     * Calls {@code body} with 0, 1, …, tasks − 1, each once, in no order and on several threads; returns when all are
     * done, and what the tasks wrote is then visible to the caller. If a task throws, the tasks not yet begun are
     * dropped and the exception is thrown here.
     */
    public static void forEach(int tasks, IntConsumer body) {
        Workers pool = current;
        if (tasks > 1 && pool.helpers.length > 0 && !ALONE.get() && pool.shared.compareAndSet(0, 1)) {
            try {
                pool.share(tasks, body);
            } finally {
                pool.shared.set(0);
            }
        } else {
            for (int i = 0; i < tasks; i++) {
                body.accept(i);
            }
        }
    }

    private void share(int tasks, IntConsumer loop) {
        long number = ((limit >>> 32) + 1) << 32;
        body = loop;
        finished.set(0);
        limit = number | tasks;
        next.set(number); // opens the loop: whoever draws one of its tickets sees all the above
        for (int i = 0; i < Math.min(helpers.length, tasks - 1); i++) {
            if (helpers[i].asleep) {
                LockSupport.unpark(helpers[i]);
            }
        }
        work();
        for (int spins = 0; finished.get() < tasks; spins++) {
            if (spins < SPINS_BEFORE_YIELD) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
        body = null;
        Throwable thrown = failure;
        if (thrown != null) {
            failure = null;
            Workers.<RuntimeException>rethrow(thrown);
        }
    }

    /**
     * Runs tasks until none is left. A ticket of a loop that has ended in the meantime is void: the number of the loop
     * in {@link #limit} differs, or the task number is beyond its end. A valid ticket keeps its loop from ending, so
     * {@link #body} is this loop's.
     */
    private void work() {
        int done = 0;
        while (true) {
            long ticket = next.getAndIncrement();
            long end = limit;
            if (ticket >= end || ticket >>> 32 != end >>> 32) {
                break;
            }
            try {
                if (failure == null) {
                    body.accept((int) ticket);
                }
            } catch (Throwable t) {
                failure = t;
            }
            done++;
        }
        if (done > 0) {
            finished.getAndAdd(done);
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void rethrow(Throwable thrown) throws T {
        throw (T) thrown;
    }

    private static final class Helper extends Thread {
        private final Workers pool;
        private volatile boolean asleep;

        Helper(Workers pool, int number) {
            super("worker-" + number);
            this.pool = pool;
            setDaemon(true);
        }

        @Override
        public void run() {
            long seen = 0;
            while (!pool.closed) {
                for (int spins = 0; pool.next.get() >>> 32 == seen && !pool.closed; spins++) {
                    if (spins < SPINS_BEFORE_SLEEP) {
                        Thread.onSpinWait();
                    } else {
                        rest(seen);
                    }
                }
                seen = pool.next.get() >>> 32;
                pool.work();
            }
        }

        /** Parks unless a loop was opened meanwhile: one that opens later sees that this helper is asleep. */
        private void rest(long seen) {
            asleep = true;
            if (pool.next.get() >>> 32 == seen && !pool.closed) {
                LockSupport.park(pool);
            }
            asleep = false;
        }
    }
}
