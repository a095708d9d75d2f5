package org.llmrlpt.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConsoleTest {
    private static final long SECOND = 1_000_000_000L;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    private long now;

    private ProgressBar bar(boolean terminal, int columns, long start, long total) {
        return new ProgressBar(new Console(out, terminal, columns), "train", "tokens", start, total, () -> now);
    }

    private String printed() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void tablesAlignTextOnTheLeftAndNumbersOnTheRight() {
        new Console(out, false, 0).table(List.of(List.of("name", "size", "note"), List.of("a", "1.50 GB", "x"),
            List.of("long", "12.25 GB", ""), List.of("b", "-", "yy")));
        assertEquals(List.of("name      size  note", "a      1.50 GB  x", "long  12.25 GB", "b            -  yy"),
            printed().lines().toList());
    }

    @Test
    void elsewhereThanOnATerminalOnlyWholeLinesAreWritten() {
        try (ProgressBar bar = bar(false, 0, 0, 1000)) {
            for (int done = 1; done <= 1000; done++) {
                now += SECOND / 10;
                bar.update(done);
            }
        }
        assertFalse(printed().contains("\r") || printed().contains("\033"), printed());
        assertTrue(printed().endsWith(System.lineSeparator()));
        assertEquals(11, printed().lines().count(), "a line every ten seconds and the last one: " + printed());
        assertEquals("train: 500 of 1000 tokens (50 %), 10 tokens/s, 50s left",
            printed().lines().toList().get(4));
    }

    @Test
    void quickWorkLeavesOneLine() {
        try (ProgressBar bar = bar(false, 0, 0, 100)) {
            for (int done = 1; done <= 100; done++) {
                now += SECOND / 100;
                bar.update(done);
            }
        }
        assertEquals(List.of("train: 100 tokens in 1s, 100 tokens/s"), printed().lines().toList());
    }

    @Test
    void everyTenthOfTheWorkIsALine() {
        try (ProgressBar bar = bar(false, 0, 0, 10)) {
            for (int done = 1; done <= 10; done++) {
                now += 3 * SECOND;
                bar.update(done, "loss " + done);
            }
        }
        assertEquals(11, printed().lines().count(), printed());
        assertTrue(printed().contains("train: 3 of 10 tokens (30 %), 0.33 tokens/s, 21s left, loss 3"), printed());
    }

    @Test
    void onATerminalTheBarIsRedrawnInPlaceAndNeverWrapsTheLine() {
        ProgressBar bar = bar(true, 40, 0, 100);
        now += SECOND;
        bar.update(50, "a note that is far too long for a narrow terminal");
        String drawn = printed();
        assertTrue(drawn.startsWith("\rtrain [######......] 50 %"), drawn);
        assertTrue(drawn.endsWith("\033[K"), drawn);
        assertEquals(39, drawn.replace("\r", "").replace("\033[K", "").length());
        assertFalse(drawn.contains("\n"));
    }

    @Test
    void onATerminalTheBarIsDrawnAtMostTenTimesASecond() {
        ProgressBar bar = bar(true, 80, 0, 1000);
        for (int done = 1; done <= 1000; done++) {
            now += SECOND / 1000;
            bar.update(done);
        }
        long drawings = printed().chars().filter(c -> c == '\r').count();
        assertTrue(drawings >= 9 && drawings <= 10, drawings + " drawings");
    }

    @Test
    void whatWasDoneBeforeCountsForTheBarButNotForTheRate() {
        try (ProgressBar bar = bar(false, 0, 900, 1000)) {
            now += 10 * SECOND;
            bar.update(950);
        }
        assertTrue(printed().contains("950 of 1000 tokens (95 %), 5.00 tokens/s, 10s left"), printed());
    }

    @Test
    void theRateFollowsTheWork() {
        try (ProgressBar bar = bar(false, 0, 0, 1_000_000)) {
            for (int s = 1; s <= 100; s++) {
                now += SECOND;
                bar.update(s <= 50 ? s : 50 + (s - 50) * 20);
            }
        }
        assertTrue(printed().contains(", 20 tokens/s"), printed());
    }

    @Test
    void linesGoAboveTheBarOnATerminal() {
        Console console = new Console(out, true, 80);
        try (ProgressBar bar = console.progress("train", "tokens", 0, 10)) {
            console.line("hello");
        }
        assertTrue(printed().contains("\r\033[Khello" + System.lineSeparator() + "\rtrain ["), printed());
        console.line("after");
        assertTrue(printed().endsWith(System.lineSeparator() + "after" + System.lineSeparator()), printed());
    }

    @Test
    void oneBarAtATimeAndTheNextAfterItIsClosed() {
        Console console = new Console(out, false, 0);
        ProgressBar first = console.progress("a", "x", 0, 1);
        assertThrows(IllegalStateException.class, () -> console.progress("b", "x", 0, 1));
        first.close();
        first.close();
        console.progress("b", "x", 0, 1).close();
        assertEquals(2, printed().lines().count());
    }

    @Test
    void countsAndDurationsAreShort() {
        assertEquals("9999", ProgressBar.count(9999));
        assertEquals("10.0k", ProgressBar.count(10_000));
        assertEquals("1.00M", ProgressBar.count(999_999));
        assertEquals("2.15G", ProgressBar.count(2_147_483_648L));
        assertEquals("59s", ProgressBar.duration(59));
        assertEquals("1m 00s", ProgressBar.duration(60));
        assertEquals("2h 07m", ProgressBar.duration(7659));
    }

    @Test
    void aTotalOfZeroMeansUnknown() {
        try (ProgressBar bar = bar(false, 0, 0, 0)) {
            now += 10 * SECOND;
            bar.update(20);
        }
        assertEquals("train: 20 tokens, 2.00 tokens/s", printed().lines().findFirst().orElseThrow());
    }
}
