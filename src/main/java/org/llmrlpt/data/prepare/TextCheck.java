package org.llmrlpt.data.prepare;

import java.nio.file.Path;
import org.llmrlpt.config.UserError;

/**
 * Notices files that are not UTF-8 text while they stream past: a byte of value 0, or more than one malformed sequence
 * per thousand bytes.
 */
final class TextCheck {
    private static final long BYTES_PER_ERROR = 1000;
    private static final long EARLY_ERRORS = 1000;

    private final Path file;
    private long total;
    private long errors;
    /** Continuation bytes still needed, and the bounds of the next one. */
    private int needed;
    private int low;
    private int high;

    TextCheck(Path file) {
        this.file = file;
    }

    void add(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            int b = bytes[i] & 0xFF;
            if (b == 0) {
                throw refused("has a zero byte at position " + (total + i - from));
            }
            if (needed == 0 && b < 0x80) {
                continue;
            }
            step(b);
        }
        total += to - from;
        if (errors > EARLY_ERRORS) {
            judge();
        }
    }

    private void step(int b) {
        if (needed > 0) {
            if (b >= low && b <= high) {
                needed--;
                low = 0x80;
                high = 0xBF;
                return;
            }
            errors++;
            needed = 0;
        }
        low = b == 0xE0 ? 0xA0 : b == 0xF0 ? 0x90 : 0x80;
        high = b == 0xED ? 0x9F : b == 0xF4 ? 0x8F : 0xBF;
        needed = b < 0xC2 ? 0 : b < 0xE0 ? 1 : b < 0xF0 ? 2 : b < 0xF5 ? 3 : 0;
        if (b >= 0x80 && needed == 0) {
            errors++;
        }
    }

    void end() {
        if (needed > 0) {
            errors++;
        }
        judge();
    }

    private void judge() {
        if (errors * BYTES_PER_ERROR > total) {
            throw refused("has " + errors + " malformed characters in " + total + " bytes");
        }
    }

    private UserError refused(String what) {
        return new UserError(file + " is not UTF-8 text: it " + what
                + "; convert it to UTF-8, or take its bytes as they are by 'data prepare' with data.binary=true.");
    }
}
