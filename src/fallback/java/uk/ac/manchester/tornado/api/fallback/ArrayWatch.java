package uk.ac.manchester.tornado.api.fallback;

/** Learns of the elements that a task reads and writes. */
public interface ArrayWatch {
    /** An element was read. */
    void read(int index);

    /** An element was written. */
    void written(int index);
}
