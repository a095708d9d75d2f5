package org.llmrlpt.data.prepare;

/** Told how far a preparation is, on the thread that called it. */
@FunctionalInterface
public interface PreparationProgress {
    /** Nobody is told. */
    PreparationProgress NONE = (bytesDone, bytesTotal, tokens) -> { };

    /**
     * Some more is done.
     *
     * @param bytesDone bytes of the source read, as stored
     * @param bytesTotal bytes of the source, 0 when unknown
     * @param tokens tokens written
     */
    void at(long bytesDone, long bytesTotal, long tokens);
}
