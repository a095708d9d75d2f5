package org.llmrlpt.config;

/**
 * A mistake that the user can mend: the message is one sentence that names the file or key and says what to do.
 * The command line prints it without a stack trace and exits with code 2.
 */
public final class UserError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UserError(String sentence) {
        super(sentence);
    }

    public UserError(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
