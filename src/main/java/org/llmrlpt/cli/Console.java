package org.llmrlpt.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.llmrlpt.config.UserError;

/**
 * What the user sees: lines, tables with aligned columns and one progress bar at a time, on standard output. On a
 * terminal the bar stays below the lines; anywhere else nothing but whole lines is ever written.
 */
public final class Console {
    private final PrintStream out;
    private final Runnable check;
    private final boolean terminal;
    private final int columns;
    private ProgressBar bar;

    /**
     * @param terminal whether {@code out} understands carriage returns
     * @param columns  width of the terminal in characters; of no importance elsewhere
     */
    public Console(PrintStream out, boolean terminal, int columns) {
        this(out, () -> { }, terminal, columns);
    }

    private Console(PrintStream out, Runnable check, boolean terminal, int columns) {
        this.out = out;
        this.check = check;
        this.terminal = terminal;
        this.columns = columns;
    }

    /** The process's standard output. */
    public static Console standard() {
        boolean terminal = System.console() != null && System.console().isTerminal();
        StandardStream stream = new StandardStream(FileDescriptor.out);
        return new Console(printStream(stream, System.out.charset()), stream::requireWritten, terminal,
            terminal ? TerminalSize.columns() : 0);
    }

    /** The process's standard error. */
    static PrintStream standardError() {
        return printStream(new FileOutputStream(FileDescriptor.err), System.err.charset());
    }

    /** In a container without a locale Java would write '?' for every letter beyond ASCII. */
    private static PrintStream printStream(OutputStream stream, Charset charset) {
        return new PrintStream(stream, true,
            charset.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : charset);
    }

    /**
     * Makes sure that all lines have arrived.
     *
     * @throws UserError if the disk that the output goes to is full, for instance
     */
    void requireWritten() {
        out.flush();
        check.run();
    }

    /** Prints one line, above the progress bar where there is one. */
    public synchronized void line(String text) {
        if (bar != null) {
            bar.erase();
        }
        out.println(text);
        if (bar != null) {
            bar.redraw();
        }
    }

    /** Prints rows with aligned columns; a column of numbers is aligned on the right. */
    public void table(List<List<String>> rows) {
        Table.lines(rows).forEach(this::line);
    }

    /**
     * Begins a progress bar, which lives until it is closed.
     *
     * @param what  what goes on, in a word or two
     * @param unit  what is counted, in the plural, such as "tokens"
     * @param start how much was done before, which counts for the bar but not for the rate
     * @param total how much there is to do; 0 when unknown
     */
    public synchronized ProgressBar progress(String what, String unit, long start, long total) {
        if (bar != null) {
            throw new IllegalStateException("there is a progress bar already");
        }
        bar = new ProgressBar(this, what, unit, start, total, System::nanoTime);
        return bar;
    }

    synchronized void done(ProgressBar closed) {
        if (bar == closed) {
            bar = null;
        }
    }

    boolean isTerminal() {
        return terminal;
    }

    int columns() {
        return columns;
    }

    PrintStream out() {
        return out;
    }
}
