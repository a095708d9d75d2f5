package org.llmrlpt.launch;

/**
 * The jar's main class. The rest of the program is for Java 25, and an older Java would answer it with a stack trace;
 * so this class alone is compiled for Java 8, and asks before it names the others.
 */
public final class Launch {
    private static final int REQUIRED = 25;

    private Launch() {
    }

    /** Starts the program, or says in one sentence which Java it needs. */
    public static void main(String[] args) throws ReflectiveOperationException {
        String version = System.getProperty("java.specification.version");
        if (!isEnough(version)) {
            System.err.println("llm-rlpt: this is Java " + version + " (" + System.getProperty("java.home")
                + "): install a JDK 25, for example Temurin 25, and start with its java");
            System.exit(2);
        }
        Class.forName("org.llmrlpt.cli.Main").getMethod("main", String[].class).invoke(null, (Object) args);
    }

    /** Whether a specification version such as "1.8" or "25" is new enough. */
    static boolean isEnough(String version) {
        return !version.startsWith("1.") && Integer.parseInt(version) >= REQUIRED;
    }
}
