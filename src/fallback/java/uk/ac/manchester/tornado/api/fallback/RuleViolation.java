package uk.ac.manchester.tornado.api.fallback;

/** A rule of the real TornadoVM is broken: there it would fail late, crash, or give wrong numbers without a word. */
public class RuleViolation extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    RuleViolation(String sentence) {
        super(sentence);
    }

    RuleViolation(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
