package uk.ac.manchester.tornado.api.fallback;

import java.util.Arrays;

/**
 * Which threads of a task read and wrote the elements of one device array. Threads whose order a device does not fix
 * may not meet at an element if one of them writes it: threads of different work-groups, and threads of one between
 * the same barriers.
 */
final class AccessLog {
    // An access in a long: the task's number 20 bits, barriers passed 10, thread 11, work-group 23.
    private static final int GROUP_BITS = 23;
    private static final int THREAD_BITS = 11;
    private static final int PHASE_BITS = 10;
    private static final int TASK_BITS = 20;
    private static final int SEVERAL_GROUPS = (1 << GROUP_BITS) - 1;
    private static final int SEVERAL_THREADS = (1 << THREAD_BITS) - 1;
    private static final int LAST_PHASE = (1 << PHASE_BITS) - 1;

    private final long[] readers;
    private final long[] writers;
    private int task;
    private boolean wasRead;
    private int elementsWritten;

    AccessLog(int size) {
        readers = new long[size];
        writers = new long[size];
    }

    /** Forgets what earlier tasks did. */
    void startTask() {
        if (++task == 1 << TASK_BITS) {
            Arrays.fill(readers, 0);
            Arrays.fill(writers, 0);
            task = 1;
        }
        wasRead = false;
        elementsWritten = 0;
    }

    /** Whether the task wrote elements, read none and left others as they were. */
    boolean isOutputWrittenInPart() {
        return !wasRead && elementsWritten > 0 && elementsWritten < writers.length;
    }

    /** Notes a read; returns whether another thread's write may come before or after it. */
    boolean readRaces(int index, ThreadPosition at) {
        wasRead = true;
        long write = writers[index];
        long read = readers[index];
        if (!isOfTask(read) || group(read) == at.group && phase(read) != phase(at)) {
            readers[index] = access(at.group, at.thread, phase(at));
        } else if (group(read) != at.group) {
            readers[index] = access(SEVERAL_GROUPS, SEVERAL_THREADS, LAST_PHASE);
        } else if (thread(read) != at.thread) {
            readers[index] = access(at.group, SEVERAL_THREADS, phase(at));
        }
        return isOfTask(write) && isUnordered(write, at);
    }

    /** Notes a write; returns whether another thread's read or write may come before or after it. */
    boolean writeRaces(int index, ThreadPosition at) {
        long write = writers[index];
        boolean race = isOfTask(readers[index]) && isUnordered(readers[index], at)
                || isOfTask(write) && isUnordered(write, at);
        if (!isOfTask(write)) { elementsWritten++; }
        writers[index] = access(at.group, at.thread, phase(at));
        return race;
    }

    private static boolean isUnordered(long access, ThreadPosition at) {
        return group(access) != at.group || thread(access) != at.thread && phase(access) == phase(at);
    }

    private static int phase(ThreadPosition at) {
        return at.phase % LAST_PHASE;
    }

    private long access(int group, int thread, int phase) {
        return ((long) task << PHASE_BITS | phase) << THREAD_BITS + GROUP_BITS | (long) thread << GROUP_BITS | group;
    }

    private boolean isOfTask(long access) {
        return access >>> PHASE_BITS + THREAD_BITS + GROUP_BITS == task;
    }

    private static int group(long access) {
        return (int) access & SEVERAL_GROUPS;
    }

    private static int thread(long access) {
        return (int) (access >>> GROUP_BITS) & SEVERAL_THREADS;
    }

    private static int phase(long access) {
        return (int) (access >>> THREAD_BITS + GROUP_BITS) & LAST_PHASE;
    }
}
