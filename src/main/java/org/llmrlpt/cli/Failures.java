package org.llmrlpt.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.stream.Collectors;
import org.llmrlpt.config.FileProblem;
import org.llmrlpt.config.UserError;

/** What went wrong, as one sentence and an exit code; a stack trace only for what is our own mistake. */
final class Failures {
    /** Exit code of everything that the user or the machine's owner can mend. */
    static final int MENDABLE = 2;
    /** Exit code of a bug of ours. */
    static final int BUG = 1;
    /** Set this variable to see stack traces of mendable failures too. */
    private static final String TRACE = "LLM_RLPT_TRACE";
    /** What Runtime says to those who change its shutdown hooks too late. */
    private static final String JVM_IS_ENDING = "Shutdown in progress";
    private static final String TORNADO = "uk.ac.manchester.tornado.";

    private Failures() {
    }

    /** Prints the sentence and gives the exit code. */
    static int report(Throwable thrown, PrintStream err) {
        Optional<String> sentence = sentence(thrown);
        if (sentence.isPresent()) {
            err.println("llm-rlpt: " + sentence.get().lines().map(String::strip).collect(Collectors.joining(" ")));
            if (System.getenv(TRACE) != null) {
                thrown.printStackTrace(err);
            }
            return MENDABLE;
        }
        if (thrown instanceof IllegalStateException && JVM_IS_ENDING.equals(thrown.getMessage())) {
            return MENDABLE; // by a signal, just when something wanted to be told of that or no longer to be
        }
        err.println("llm-rlpt: this is a bug in LLM-RLPT: " + thrown + "; please report it with what follows");
        thrown.printStackTrace(err);
        return BUG;
    }

    /** The sentence for the first cause that is not our own mistake; empty when there is none. */
    static Optional<String> sentence(Throwable thrown) {
        int depth = 0;
        for (Throwable t = thrown; t != null && depth < 20; t = t.getCause(), depth++) {
            if (t instanceof UserError) {
                return Optional.of(t.getMessage());
            }
            if (t instanceof OutOfMemoryError) {
                return Optional.of(outOfMemory(t));
            }
            if (t instanceof InvalidPathException path) {
                return Optional.of("'" + path.getInput() + "' cannot be the name of a file here (" + path.getReason()
                    + "): choose another, or, where it has letters that this locale lacks, set LC_ALL=C.UTF-8");
            }
            if (t instanceof IOException io) {
                return Optional.of(inputOutput(io));
            }
            if (t.getClass().getName().startsWith(TORNADO)) {
                return Optional.of("TornadoVM gave up with " + t.getClass().getSimpleName() + ": " + message(t)
                    + "; 'llm-rlpt devices' shows what there is, " + TRACE + "=1 shows where it happened");
            }
        }
        return Optional.empty();
    }

    private static String outOfMemory(Throwable t) {
        String what = message(t);
        if (what.contains("direct buffer memory") || what.contains("malloc") || what.contains("allocate")) {
            return "there is not enough memory outside Java's heap (" + what
                + "): choose a smaller batch, length or model, or start java with a larger -XX:MaxDirectMemorySize";
        }
        return "Java's heap is full (" + what + "): choose a smaller batch or start java with a larger heap, such as "
            + "-Xmx4g";
    }

    private static String inputOutput(IOException e) {
        if (e instanceof NoSuchFileException missing) {
            return "there is no file " + missing.getFile() + ": check the path";
        }
        if (e instanceof FileAlreadyExistsException there) {
            return "there is a file " + there.getFile() + " already: move it away or choose another name";
        }
        if (e instanceof FileSystemException file) {
            return "cannot use " + file.getFile() + ": " + FileProblem.reason(file);
        }
        return "reading or writing failed: " + message(e);
    }

    private static String message(Throwable t) {
        String text = t.getMessage() == null ? "" : t.getMessage().strip();
        return text.isEmpty() ? t.getClass().getSimpleName() : text;
    }
}
