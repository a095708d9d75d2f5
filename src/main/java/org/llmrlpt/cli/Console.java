package org.llmrlpt.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What the user sees: lines, tables with aligned columns and one progress bar at a time, on standard output. On a
 * terminal the bar stays below the lines; anywhere else nothing but whole lines is ever written.
 */
public final class Console {
    private final PrintStream out;
    private final boolean terminal;
    private final int columns;
    private ProgressBar bar;

    /**
     * @param terminal whether {@code out} understands carriage returns
     * @param columns  width of the terminal in characters; of no importance elsewhere
     */
    public Console(PrintStream out, boolean terminal, int columns) {
        this.out = out;
        this.terminal = terminal;
        this.columns = columns;
    }

    /** The process's standard output. */
    public static Console standard() {
        boolean terminal = System.console() != null && System.console().isTerminal();
        return new Console(printStream(FileDescriptor.out), terminal, terminal ? TerminalSize.columns() : 0);
    }

    /** In a container without a locale Java would write '?' for every letter beyond ASCII. */
    static PrintStream printStream(FileDescriptor descriptor) {
        boolean error = descriptor == FileDescriptor.err;
        Charset charset = (error ? System.err : System.out).charset();
        return new PrintStream(new FileOutputStream(descriptor), true,
            charset.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : charset);
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
