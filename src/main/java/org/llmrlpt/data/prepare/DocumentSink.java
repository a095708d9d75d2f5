package org.llmrlpt.data.prepare;

/** Takes documents one after another, each as one or more stretches of bytes and an end. */
public interface DocumentSink {
    /** The next stretch of the current document; the array may be reused after the call. */
    void text(byte[] bytes, int from, int to);

    /** The current document ends. */
    void end();

    /** Whether the sink has enough, so that the source may stop. */
    default boolean isFull() {
        return false;
    }
}
