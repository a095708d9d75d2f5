package uk.ac.manchester.tornado.api.fallback;

import java.util.Locale;

/**
 * Present only in the CPU fallback of the TornadoVM API: a program that can load this class runs on the fallback. Holds
 * the mode that plans are created in, from the property {@value #PROPERTY} or from {@link #use}.
 */
public final class FallbackRuntime {
    /** The system property that names the mode: fast or strict. */
    public static final String PROPERTY = "llmrlpt.fallback";

    /** How plans run. */
    public enum Mode {
        /** Device memory is host memory and a task is a method call. */
        FAST,
        /** Arrays have device copies, and every broken rule of the real TornadoVM is an exception. */
        STRICT
    }

    /** Ends the use of a mode. */
    public interface Scope extends AutoCloseable {
        @Override
        void close();
    }

    private static volatile Mode chosen;

    private FallbackRuntime() { }

    /** Returns the mode that the next plan will be created in. */
    public static Mode mode() {
        Mode mode = chosen;
        if (mode != null) { return mode; }
        String text = System.getProperty(PROPERTY, "fast");
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "fast" -> Mode.FAST;
            case "strict" -> Mode.STRICT;
            default -> throw new IllegalArgumentException("The property " + PROPERTY + " is fast or strict, not "
                    + text);
        };
    }

    /** Creates plans in this mode, whatever the property says, until the scope is closed. */
    public static Scope use(Mode mode) {
        Mode before = chosen;
        chosen = mode;
        return () -> chosen = before;
    }
}
