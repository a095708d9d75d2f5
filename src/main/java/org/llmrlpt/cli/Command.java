package org.llmrlpt.cli;

import java.util.Map;
import java.util.Set;

/**
 * One command of the program. Its settings are a record whose components carry {@link org.llmrlpt.config.Key}s; the
 * command line, the help and the config file follow from that record alone.
 *
 * @param <S> the record of settings
 */
public interface Command<S extends Record> {
    /** One word, or two for a command of a group: {@code pretrain}, {@code data prepare}. */
    String name();

    /** One line for the list of commands, beginning with a verb. */
    String summary();

    /** The record of settings. */
    Class<S> settings();

    /**
     * Names of settings that other commands have: accepted, so that their config files serve this command too, and of
     * no effect. The help does not show them.
     */
    default Set<String> ignored() {
        return Set.of();
    }

    /**
     * What the command line means: a command may turn one setting into others before files and defaults are added.
     *
     * @param given settings of the command line, by name
     */
    default Map<String, String> interpret(Map<String, String> given) {
        return given;
    }

    /**
     * What all given settings mean, those of the config file and of the model included.
     *
     * @param given settings by name, without the defaults
     * @param commandLine those of the command line, {@link CommandLines#CONFIG} among them
     */
    default Map<String, String> complete(Map<String, String> given, Map<String, String> commandLine) {
        return given;
    }

    /**
     * Does the work.
     *
     * @return the exit code; 0 when all went well
     * @throws org.llmrlpt.config.UserError for a mistake that the user can mend
     * @throws Exception for a failure, which {@link Failures} turns into a sentence
     */
    int run(S settings, Console console) throws Exception;
}
