package org.llmrlpt.fallback;

/** The fallback's modes, set by property so that the same tests compile and run on the real TornadoVM. */
enum Mode {
    FAST, STRICT;

    private static final String PROPERTY = "llmrlpt.fallback";

    /** A test's body. */
    interface Body {
        void run() throws Exception;
    }

    /** Runs a body; plans it creates are of this mode. */
    void run(Body body) throws Exception {
        String before = System.getProperty(PROPERTY);
        System.setProperty(PROPERTY, name().toLowerCase());
        try {
            body.run();
        } finally {
            if (before == null) {
                System.clearProperty(PROPERTY);
            } else {
                System.setProperty(PROPERTY, before);
            }
        }
    }
}
