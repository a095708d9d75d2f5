package org.llmrlpt.tasks;

/** What a problem is for: no problem is ever for both. */
public enum Split {
    /** To learn from. */
    TRAIN,
    /** To measure with. */
    TEST
}
