package org.llmrlpt.study;

import java.util.OptionalDouble;

/** Hears how far a study is; the command line shows it. */
public interface StudyListener {
    /** Stage {@code number} of {@code of} begins, or goes on. */
    void begins(Arm arm, StageKind kind, int number, int of);

    /** The stage knows how much there is to do, and how much of it an earlier process did. */
    void planned(String unit, long done, long total);

    /** So much is done. */
    void at(long done, String note);

    /**
     * The stage is done.
     *
     * @param secondsLeft of the whole study, where all kinds of stages have been timed
     */
    void finished(OptionalDouble secondsLeft);
}
