package uk.ac.manchester.tornado.api.fallback;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * One work-group. Thread 0 runs first, on the calling thread. If it ends without a barrier, the others follow in a
 * plain loop. If it meets a barrier, each of the others becomes a virtual thread, and they run in turn, one at a time,
 * each up to the next barrier: the order is fixed, so results have the same bits every time. Strictly, the turns go up
 * and down alternately, so that a kernel that lacks a barrier gets wrong numbers.
 */
final class WorkGroup {
    /** Unwinds a thread whose work-group has failed. */
    private static final class Abort extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Abort() {
            super(null, null, false, false);
        }
    }

    private static final String END = "the end";

    private final KernelTask task;
    private final WorkShape shape;
    private final int number;
    private final Integer[] ids = new Integer[3];
    private final int[] first = new int[3];
    private final Object[] arguments;
    private final LocalMemory memory;
    private final int threadCount;

    private boolean plainLoop;
    private Thread[] threads;
    private final AtomicInteger ended = new AtomicInteger();
    private volatile int turn;
    private volatile Throwable failure;
    // Touched only by the thread whose turn it is.
    private int phase;
    private String phaseEnd;

    WorkGroup(KernelTask task, WorkShape shape, int number, Object[] arguments, LocalMemory memory) {
        this.task = task;
        this.shape = shape;
        this.number = number;
        this.arguments = arguments.clone();
        this.memory = memory;
        threadCount = shape.threadsPerGroup();
        int[] groups = shape.groups();
        ids[0] = number % groups[0];
        ids[1] = number / groups[0] % groups[1];
        ids[2] = number / groups[0] / groups[1];
        for (int d = 0; d < 3; d++) { first[d] = shape.offset()[d] + ids[d] * shape.local()[d]; }
    }

    /** Runs all threads; returns whether there were barriers. */
    boolean run() {
        memory.startGroup();
        try {
            call(0, arguments);
            if (threads != null) { finish(0); }
        } catch (Abort abort) {
            ended();
        } catch (RuntimeException | Error problem) {
            if (threads == null) { throw problem; }
            fail(problem);
            ended();
        }
        if (threads != null) {
            awaitEnd();
            return true;
        }
        plainLoop = true;
        for (int i = 1; i < threadCount; i++) { call(i, arguments); }
        return false;
    }

    Integer id(int dimension) {
        return ids[dimension];
    }

    /** Returns the number in the grid of the group's first thread. */
    int firstThread(int dimension) {
        return first[dimension];
    }

    Object local(int index, LocalMemory.Kind kind, int size) {
        return memory.get(index, kind, size);
    }

    private void call(int index, Object[] own) {
        WorkItem item = new WorkItem(this, shape, index);
        task.position().set(number, index, 0);
        try {
            task.call(item, own);
        } catch (Abort | RuleViolation e) {
            throw e;
        } catch (RuntimeException e) {
            throw new RuleViolation("Task " + task.name() + " failed in thread (" + item.globalId(0) + ", "
                    + item.globalId(1) + ", " + item.globalId(2) + "): " + e, e);
        }
    }

    /** Ends the thread's turn; returns when all threads of the group have come here. */
    void barrier(int index, String kind) {
        if (plainLoop) { throw divergent(index, kind, END); }
        if (threads == null) { spawn(); }
        endTurn(index, kind);
        while (turn != index && failure == null) { LockSupport.park(this); }
        if (failure != null) { throw new Abort(); }
        task.position().set(number, index, phase);
    }

    private void spawn() {
        threads = new Thread[threadCount];
        threads[0] = Thread.currentThread();
        for (int i = 1; i < threadCount; i++) {
            int index = i;
            Object[] own = arguments.clone();
            threads[i] = Thread.ofVirtual().unstarted(() -> {
                try {
                    call(index, own);
                    finish(index);
                } catch (Abort abort) {
                    ended();
                } catch (RuntimeException | Error problem) {
                    fail(problem);
                    ended();
                }
            });
        }
    }

    private void endTurn(int index, String how) {
        if (index == firstOf(phase)) {
            phaseEnd = how;
        } else if (!phaseEnd.equals(how)) {
            throw divergent(index, how, phaseEnd);
        }
        if (index == lastOf(phase)) {
            phase++;
            if (how.equals(END)) { return; }
            pass(firstOf(phase), false);
        } else {
            pass(nextOf(index), phase == 0);
        }
    }

    private void pass(int next, boolean start) {
        Thread thread = threads[next];
        turn = next;
        if (start) {
            thread.start();
        } else if (thread != Thread.currentThread()) {
            LockSupport.unpark(thread);
        }
    }

    // Phase 0 starts with thread 0, which found the barrier; strictly it goes on downwards: 0, n-1, n-2, ..., 1.
    private boolean descends(int ofPhase) {
        return task.isStrict() && ofPhase % 2 == 0;
    }

    private int firstOf(int ofPhase) {
        return ofPhase > 0 && descends(ofPhase) ? threadCount - 1 : 0;
    }

    private int lastOf(int ofPhase) {
        if (!descends(ofPhase)) { return threadCount - 1; }
        return ofPhase == 0 ? Math.min(1, threadCount - 1) : 0;
    }

    private int nextOf(int index) {
        if (!descends(phase)) { return index + 1; }
        return index == 0 ? threadCount - 1 : index - 1;
    }

    private void finish(int index) {
        if (failure == null) {
            try {
                endTurn(index, END);
            } catch (RuleViolation problem) {
                fail(problem);
            }
        }
        ended();
    }

    private void ended() {
        if (ended.incrementAndGet() == threadCount) { LockSupport.unpark(threads[0]); }
    }

    private synchronized void fail(Throwable problem) {
        if (failure != null) { return; }
        failure = problem;
        if (threads == null) { return; }
        for (Thread thread : threads) {
            if (thread.getState() == Thread.State.NEW) {
                ended();
            } else {
                LockSupport.unpark(thread);
            }
        }
    }

    private void awaitEnd() {
        while (ended.get() < threadCount) { LockSupport.park(this); }
        if (failure instanceof Error error) { throw error; }
        if (failure != null) { throw (RuntimeException) failure; }
    }

    private RuleViolation divergent(int index, String how, String others) {
        return new RuleViolation("In task " + task.name() + " thread " + index + " of work-group (" + id(0) + ", "
                + id(1) + ", " + id(2) + ") comes to " + how + " where the others come to " + others
                + "; a barrier must be reached by all threads of a work-group or by none");
    }
}
