package org.llmrlpt.data.prepare;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Parts a stream of text into documents at a separator, which belongs to none of them. */
final class Separator {
    private final DocumentSink sink;
    /** The texts that separate; of those that begin at one place the first counts. */
    private final byte[][] patterns;
    private final boolean[] begins = new boolean[256];
    private final int held;
    private final boolean skipsLineEnds;
    /** What came last and could be the beginning of a separator. */
    private byte[] work = new byte[0];
    private int length;
    private boolean skipping;

    Separator(String separator, DocumentSink sink) {
        this.sink = sink;
        this.skipsLineEnds = separator.equals(PreparationSettings.BLANK_LINE);
        List<String> texts = switch (separator) {
            case PreparationSettings.NO_SEPARATOR -> List.of();
            case PreparationSettings.BLANK_LINE -> List.of("\r\n\r\n", "\n\n", "\n\r\n");
            default -> List.of(separator.replace("\\n", "\n").replace("\\t", "\t"));
        };
        patterns = texts.stream().map(t -> t.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
        int longest = 1;
        for (byte[] pattern : patterns) {
            begins[pattern[0] & 0xFF] = true;
            longest = Math.max(longest, pattern.length);
        }
        held = longest - 1;
    }

    void add(byte[] bytes, int from, int to) {
        if (work.length < length + to - from) {
            work = Arrays.copyOf(work, length + to - from);
        }
        System.arraycopy(bytes, from, work, length, to - from);
        length += to - from;
        pass(Math.max(0, length - held));
    }

    /** The stream ends, and with it the last document. */
    void end() {
        pass(length);
        sink.end();
    }

    /** Sends on what is before {@code limit}; a separator may begin before it and end after it. */
    private void pass(int limit) {
        int start = 0;
        int i = 0;
        while (i < limit) {
            if (skipping && (work[i] == '\n' || work[i] == '\r')) {
                start = ++i;
                continue;
            }
            skipping = false;
            int pattern = begins[work[i] & 0xFF] ? matchAt(i) : 0;
            if (pattern > 0) {
                sink.text(work, start, i);
                sink.end();
                i += pattern;
                start = i;
                skipping = skipsLineEnds;
            } else {
                i++;
            }
        }
        sink.text(work, start, i);
        System.arraycopy(work, i, work, 0, length - i);
        length -= i;
    }

    private int matchAt(int at) {
        for (byte[] pattern : patterns) {
            int end = at + pattern.length;
            if (end <= length && Arrays.equals(work, at, end, pattern, 0, pattern.length)) {
                return pattern.length;
            }
        }
        return 0;
    }
}
