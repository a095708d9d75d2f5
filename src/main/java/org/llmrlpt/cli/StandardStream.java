package org.llmrlpt.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import org.llmrlpt.config.FileProblem;
import org.llmrlpt.config.UserError;

/** Standard output; remembers what went wrong, as a PrintStream around it goes on in silence. */
final class StandardStream extends FileOutputStream {
    /** What the system says when the reader of a pipe, such as head, has had enough. */
    private static final String NO_READER = "Broken pipe";

    private IOException failure;

    StandardStream(FileDescriptor descriptor) {
        super(descriptor);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        try {
            super.write(bytes, from, length);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    /** @throws UserError if something that was written is lost and somebody wanted it */
    void requireWritten() {
        if (failure != null && !FileProblem.reason(failure).contains(NO_READER)) {
            throw new UserError("not all could be written to the standard output (" + FileProblem.reason(failure)
                + "): free space or send it elsewhere, and run the command again", failure);
        }
    }
}
