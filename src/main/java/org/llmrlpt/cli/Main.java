package org.llmrlpt.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.llmrlpt.config.Binder;
import org.llmrlpt.config.UserError;
import org.llmrlpt.device.TornadoSettings;
import picocli.CommandLine;

/** Entry point: finds the command, binds its settings, runs it, and makes one sentence of whatever goes wrong. */
public final class Main {
    private final List<Command<?>> commands;
    private final Console console;
    private final PrintStream err;

    Main(List<Command<?>> commands, Console console, PrintStream err) {
        this.commands = commands;
        this.console = console;
        this.err = err;
    }

    /** Runs the program and exits. */
    public static void main(String[] args) {
        PrintStream err = Console.standardError();
        System.exit(start(args, err));
    }

    private static int start(String[] args, PrintStream err) {
        try {
            int ofChild = Relaunch.ifNeeded(args);
            return ofChild >= 0 ? ofChild : new Main(Commands.all(), Console.standard(), err).run(args);
        } catch (UserError e) {
            return Failures.report(e, err);
        }
    }

    /**
     * Runs one command line and returns the exit code: 0 done, 1 a bug of ours, 2 something the user can mend, 3 a
     * difference where things should be the same.
     */
    int run(String[] args) {
        try {
            CommandLine root = CommandLines.of(commands, version());
            CommandLines.Request request = CommandLines.read(root, args);
            if (root.isVersionHelpRequested()) {
                console.line("llm-rlpt " + version());
                return 0;
            }
            if (request.help() || request.command() == null) {
                request.line().usage(console.out());
                return request.help() ? 0 : Failures.MENDABLE;
            }
            return run(request.command(), request.settings());
        } catch (Throwable t) { // Errors too: TornadoVM throws its own, and memory can run out.
            return Failures.report(t, err);
        }
    }

    private <S extends Record> int run(Command<S> command, Map<String, String> commandLine) throws Exception {
        Map<String, String> given = command.complete(SettingLayers.merge(command.settings(), command.ignored(),
            command.interpret(commandLine)), commandLine);
        S settings = Binder.bind(command.settings(), given);
        TornadoSettings.beforeStart(given.getOrDefault("device", "auto"));
        int code = command.run(settings, console);
        console.requireWritten();
        return code;
    }

    /** The version in the jar's manifest. */
    static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "(built from source)" : version;
    }
}
