package org.llmrlpt.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;

/** How wide the terminal is. Shells keep COLUMNS to themselves, so the terminal itself is asked. */
final class TerminalSize {
    private static final int DEFAULT_COLUMNS = 80;
    private static final int FEWEST_COLUMNS = 20;
    private static final int STDOUT = 1;
    /** ioctl's request for the window's size, on Linux and on macOS and the BSDs. */
    private static final long TIOCGWINSZ_LINUX = 0x5413;
    private static final long TIOCGWINSZ_BSD = 0x40087468;

    private TerminalSize() {
    }

    /** Columns of the terminal at standard output; 80 where nobody says. */
    static int columns() {
        int asked = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows") ? 0 : ask();
        return asked >= FEWEST_COLUMNS ? asked : DEFAULT_COLUMNS;
    }

    private static int ask() {
        long request = System.getProperty("os.name").equals("Linux") ? TIOCGWINSZ_LINUX : TIOCGWINSZ_BSD;
        Linker linker = Linker.nativeLinker();
        try (Arena arena = Arena.ofConfined()) {
            var ioctl = linker.downcallHandle(linker.defaultLookup().findOrThrow("ioctl"), FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS),
                Linker.Option.firstVariadicArg(2));
            // struct winsize: rows, columns, and two sizes in pixels.
            MemorySegment size = arena.allocate(ValueLayout.JAVA_SHORT, 4);
            int result = (int) ioctl.invokeExact(STDOUT, request, size);
            return result == 0 ? Short.toUnsignedInt(size.getAtIndex(ValueLayout.JAVA_SHORT, 1)) : 0;
        } catch (Throwable e) {
            throw new IllegalStateException("cannot call ioctl", e);
        }
    }
}
