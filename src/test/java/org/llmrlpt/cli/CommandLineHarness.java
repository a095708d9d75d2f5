package org.llmrlpt.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.llmrlpt.config.Key;
import org.llmrlpt.config.PretrainSettings;

/** Runs command lines against commands that only note what they were given. */
final class CommandLineHarness {
    record Small(
        @Key(value = "count", or = "3", help = "how many; 50% of all") int count,
        @Key(value = "name", help = "a name") String name) {
    }

    /** What a command does when it runs. */
    interface Action {
        int run(Record settings, Console console) throws Exception;
    }

    final List<Record> ran = new ArrayList<>();
    private final ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    private final Action action;

    CommandLineHarness() {
        this((settings, console) -> 0);
    }

    CommandLineHarness(Action action) {
        this.action = action;
    }

    int run(String... args) {
        outBytes.reset();
        errBytes.reset();
        List<Command<?>> commands = List.of(command("pretrain", PretrainSettings.class),
            command("data prepare", Small.class), command("data train-tokenizer", Small.class),
            command("bench", Small.class), command("bench train", Small.class));
        Console console = new Console(new PrintStream(outBytes, true, StandardCharsets.UTF_8), false, 0);
        return new Main(commands, console, new PrintStream(errBytes, true, StandardCharsets.UTF_8)).run(args);
    }

    String out() {
        return outBytes.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return errBytes.toString(StandardCharsets.UTF_8);
    }

    PretrainSettings pretrain() {
        return (PretrainSettings) ran.getLast();
    }

    private <S extends Record> Command<S> command(String name, Class<S> type) {
        return new Command<>() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public String summary() {
                return "does " + name + " at 100%";
            }

            @Override
            public Class<S> settings() {
                return type;
            }

            @Override
            public int run(S settings, Console console) throws Exception {
                ran.add(settings);
                return action.run(settings, console);
            }
        };
    }
}
