package org.llmrlpt.tasks.answers;

/** A text is no formula that we read, or working it out would take more than the {@link Budget}. */
final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unreadable(String why) {
        super(why, null, false, false);
    }
}
