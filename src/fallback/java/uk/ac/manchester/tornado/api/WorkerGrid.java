package uk.ac.manchester.tornado.api;

/** How many threads run a kernel, and how they are grouped. */
public interface WorkerGrid {
    /** Returns the number of dimensions. */
    int dimension();

    /** Returns the threads in each dimension. */
    long[] getGlobalWork();

    /** Returns a work-group's threads in each dimension, or null while unset. */
    long[] getLocalWork();

    /** Returns the work-groups in each dimension, or null while unset. */
    long[] getNumberOfWorkgroups();

    /** Returns the first thread's number in each dimension. */
    long[] getGlobalOffset();

    /** Sets the threads in each dimension. */
    void setGlobalWork(long x, long y, long z);

    /** Sets a work-group's threads in each dimension. */
    void setLocalWork(long x, long y, long z);

    /** Forgets the number of work-groups. */
    void setNumberOfWorkgroupsToNull();

    /** Forgets the work-group's size. */
    void setLocalWorkToNull();

    /** Sets the first thread's number in each dimension. */
    void setGlobalOffset(long x, long y, long z);
}
