package org.llmrlpt.cli;

import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * How far a long piece of work is, how fast it goes and how long it will still take. On a terminal it is one line that
 * is drawn over and over; elsewhere it is a whole line every ten seconds or every tenth of the work.
 */
public final class ProgressBar implements AutoCloseable {
    private static final long SECOND = 1_000_000_000L;
    /** Ten drawings a second are as many as eyes can follow. */
    private static final long REDRAW = SECOND / 10;
    private static final long PLAIN_LINE = 10 * SECOND;
    private static final long PLAIN_TENTH = 2 * SECOND;
    /** The rate is that of the last one or two windows, so that it follows the work but does not jump. */
    private static final long WINDOW = 10 * SECOND;
    private static final int BAR_CELLS = 12;

    private final Console console;
    private final String what;
    private final String unit;
    private final long total;
    private final LongSupplier clock;
    private final long startTime;
    private final long start;
    private long anchorTime;
    private long anchorDone;
    private long windowTime;
    private long windowDone;
    private long shownTime;
    private long shownDone;
    private long done;
    private String note = "";
    private boolean closed;

    ProgressBar(Console console, String what, String unit, long start, long total, LongSupplier clock) {
        this.console = console;
        this.what = what;
        this.unit = unit;
        this.total = total;
        this.clock = clock;
        this.start = start;
        startTime = clock.getAsLong();
        anchorTime = startTime;
        windowTime = startTime;
        shownTime = startTime;
        anchorDone = start;
        windowDone = start;
        shownDone = start;
        done = start;
    }

    /** Says how much is done by now. */
    public void update(long nowDone) {
        update(nowDone, note);
    }

    /** Says how much is done by now, and what else to show, such as the loss. */
    public void update(long nowDone, String newNote) {
        synchronized (console) {
            done = nowDone;
            note = newNote;
            long now = clock.getAsLong();
            if (now - windowTime >= WINDOW) {
                anchorTime = windowTime;
                anchorDone = windowDone;
                windowTime = now;
                windowDone = done;
            }
            if (isDue(now)) {
                show(now);
            }
        }
    }

    private boolean isDue(long now) {
        long since = now - shownTime;
        if (console.isTerminal()) {
            return since >= REDRAW;
        }
        return since >= PLAIN_LINE || since >= PLAIN_TENTH && total > 0 && (done - shownDone) * 10 >= total;
    }

    private void show(long now) {
        shownTime = now;
        shownDone = done;
        if (console.isTerminal()) {
            redraw();
        } else {
            console.out().println(plain(now));
        }
    }

    void redraw() {
        if (console.isTerminal() && !closed) {
            String text = drawn(clock.getAsLong());
            int width = console.columns() - 1;
            console.out().print("\r" + (text.length() > width ? text.substring(0, width) : text) + "\033[K");
            console.out().flush();
        }
    }

    void erase() {
        if (console.isTerminal() && !closed) {
            console.out().print("\r\033[K");
        }
    }

    /** Ends the bar: what it did in all stays as a line. */
    @Override
    public void close() {
        synchronized (console) {
            if (closed) {
                return;
            }
            erase();
            closed = true;
            console.done(this);
            long now = clock.getAsLong();
            console.out().println(what + ": " + count(done) + " " + unit + " in " + duration((now - startTime) / SECOND)
                + rateText(now, startTime, start) + noteText());
        }
    }

    private String drawn(long now) {
        if (total <= 0) {
            return what + " " + count(done) + " " + unit + rateText(now, anchorTime, anchorDone) + noteText();
        }
        int full = (int) Math.clamp(BAR_CELLS * (double) done / total, 0, BAR_CELLS);
        return what + " [" + "#".repeat(full) + ".".repeat(BAR_CELLS - full) + "] " + percent()
            + rateText(now, anchorTime, anchorDone) + remaining(now) + noteText();
    }

    private String plain(long now) {
        String head = what + ": " + count(done);
        String ofTotal = total > 0 ? " of " + count(total) + " " + unit + " (" + percent() + ")" : " " + unit;
        return head + ofTotal + rateText(now, anchorTime, anchorDone) + remaining(now) + noteText();
    }

    private String percent() {
        return (long) (100.0 * done / total) + " %";
    }

    private double rate(long now, long sinceTime, long sinceDone) {
        return now > sinceTime ? (done - sinceDone) * (double) SECOND / (now - sinceTime) : 0;
    }

    private String rateText(long now, long sinceTime, long sinceDone) {
        double rate = rate(now, sinceTime, sinceDone);
        return rate > 0 ? ", " + (rate < 10 ? String.format(Locale.ROOT, "%.2f", rate) : count(Math.round(rate))) + " "
            + unit + "/s" : "";
    }

    private String remaining(long now) {
        double rate = rate(now, anchorTime, anchorDone);
        return rate > 0 && total > done ? ", " + duration(Math.round((total - done) / rate)) + " left" : "";
    }

    private String noteText() {
        return note.isEmpty() ? "" : ", " + note;
    }

    /** A number that people can read at a glance: 950, 12.3k, 4.56M. */
    static String count(long n) {
        if (n < 10_000) {
            return Long.toString(n);
        }
        double value = n;
        int power = 0;
        while (value >= 999.5 && power < 4) {
            value /= 1000;
            power++;
        }
        String digits = value < 9.995 ? "%.2f" : value < 99.95 ? "%.1f" : "%.0f";
        return String.format(Locale.ROOT, digits, value) + "kMGT".charAt(power - 1);
    }

    /** Seconds as 42s, 3m 05s or 2h 07m. */
    static String duration(long seconds) {
        if (seconds < 60) {
            return seconds + "s";
        }
        return seconds < 3600
            ? String.format(Locale.ROOT, "%dm %02ds", seconds / 60, seconds % 60)
            : String.format(Locale.ROOT, "%dh %02dm", seconds / 3600, seconds / 60 % 60);
    }
}
