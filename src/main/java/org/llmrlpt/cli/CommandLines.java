package org.llmrlpt.cli;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.llmrlpt.config.Binder;
import org.llmrlpt.config.UserError;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/**
 * The grammar of the command line, made from the commands' records of settings. A setting may be written as
 * {@code --name value}, {@code --name=value} or {@code name=value}; the last form is there because the tornado
 * launcher passes nothing that begins with dashes.
 */
final class CommandLines {
    /** The setting that every command has: a file of settings. */
    static final String CONFIG = "config";
    private static final int HELP_COLUMNS = 120;
    private static final int NAME_COLUMNS = 42;

    private CommandLines() {
    }

    /** A path or text as one word for a shell: in quotes where it would be cut otherwise. */
    static String quoted(Object text) {
        String plain = text.toString();
        return plain.matches("[A-Za-z0-9_@%+=:,./-]+") ? plain : "'" + plain.replace("'", "'\\''") + "'";
    }

    /** What the user asked for: a command and its settings, or the help of a command or group. */
    record Request(Command<?> command, Map<String, String> settings, boolean help, CommandLine line) {
    }

    /** The grammar of all commands; those of two words become a group and a command in it. */
    static CommandLine of(List<Command<?>> commands, String version) {
        CommandSpec root = CommandSpec.create().name("llm-rlpt").version("llm-rlpt " + version);
        root.addOption(OptionSpec.builder("-V", "--version").versionHelp(true).description("print the version")
            .build());
        root.addOption(help());
        root.usageMessage().description("Pre-trains transformers with a reward-shaped objective, in Java on TornadoVM.")
            .customSynopsis("llm-rlpt COMMAND [SETTING=VALUE]...", "llm-rlpt COMMAND --help").commandListHeading(
                "%nCommands:%n").optionListHeading("%nOptions:%n");
        CommandLine line = new CommandLine(root);
        for (Command<?> command : commands) {
            String[] words = command.name().split(" ");
            CommandLine parent = line;
            for (int i = 0; i < words.length - 1; i++) {
                parent = parent.getSubcommands().getOrDefault(words[i], addGroup(parent, words[i], commands));
            }
            parent.addSubcommand(words[words.length - 1], spec(command));
        }
        line.setExpandAtFiles(false);
        line.setInterpolateVariables(false);
        line.setUsageHelpWidth(HELP_COLUMNS);
        line.setUsageHelpLongOptionsMaxWidth(NAME_COLUMNS);
        return line;
    }

    private static CommandLine addGroup(CommandLine parent, String word, List<Command<?>> commands) {
        if (parent.getSubcommands().containsKey(word)) {
            return parent.getSubcommands().get(word);
        }
        CommandSpec group = CommandSpec.create();
        group.addOption(help());
        group.usageMessage().customSynopsis("llm-rlpt " + word + " COMMAND [SETTING=VALUE]...")
            .description(String.join(", ", commands.stream().map(Command::name).filter(n -> n.startsWith(word + " "))
                .map(n -> n.substring(word.length() + 1)).toList()) + ".")
            .commandListHeading("%nCommands:%n").optionListHeading("%nOptions:%n");
        parent.addSubcommand(word, group);
        return parent.getSubcommands().get(word);
    }

    private static CommandSpec spec(Command<?> command) {
        CommandSpec spec = CommandSpec.wrapWithoutInspection(command);
        spec.addOption(help());
        spec.usageMessage().description(escaped(command.summary()) + ".")
            .customSynopsis("llm-rlpt " + command.name() + " [SETTING=VALUE]...").sortOptions(false)
            .optionListHeading("%nSettings, as --NAME VALUE, --NAME=VALUE or NAME=VALUE:%n")
            .commandListHeading("%nCommands:%n");
        spec.addPositional(PositionalParamSpec.builder().type(List.class).auxiliaryTypes(String.class)
            .arity("0..*").hidden(true).build());
        spec.addOption(option(CONFIG, "FILE", "JSON file of settings; the command line wins over it"));
        for (Binder.Setting s : Binder.settings(command.settings())) {
            spec.addOption(option(s.name(), label(s.type()), s.help()
                + (s.or().isEmpty() ? "" : " [" + s.or() + "]")));
        }
        for (String name : command.ignored()) {
            spec.addOption(OptionSpec.builder("--" + name).type(String.class).arity("1").hidden(true).build());
        }
        return spec;
    }

    private static OptionSpec help() {
        return OptionSpec.builder("-h", "--help").usageHelp(true).description("show this help").build();
    }

    private static OptionSpec option(String name, String label, String help) {
        return OptionSpec.builder("--" + name).type(String.class).arity("1").paramLabel(label)
            .description(help).build();
    }

    private static String label(Class<?> type) {
        if (type == boolean.class || type == Boolean.class) {
            return "true|false";
        }
        if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
            return "N";
        }
        boolean fraction = type == double.class || type == Double.class || type == float.class || type == Float.class;
        return fraction ? "X" : "TEXT";
    }

    /** picocli formats texts with printf. */
    private static String escaped(String text) {
        return text.replace("%", "%%");
    }

    /**
     * Reads the arguments.
     *
     * @throws UserError for an unknown command or setting, a setting without a value or given twice
     */
    static Request read(CommandLine root, String[] args) {
        ParseResult result;
        try {
            result = root.parseArgs(withValues(root, args));
        } catch (CommandLine.UnmatchedArgumentException e) {
            throw unknown(e.getCommandLine(), e.getUnmatched().getFirst());
        } catch (CommandLine.MissingParameterException e) {
            throw new UserError("setting '" + nameOf(e.getMissing().getFirst()) + "' needs a value", e);
        } catch (CommandLine.OverwrittenOptionException e) {
            throw twice(nameOf(e.getOverwritten()));
        } catch (CommandLine.ParameterException e) {
            throw new UserError(e.getMessage(), e);
        }
        while (result.hasSubcommand()) {
            result = result.subcommand();
        }
        CommandSpec spec = result.commandSpec();
        boolean isCommand = spec.userObject() instanceof Command<?>;
        boolean help = result.isUsageHelpRequested();
        return new Request(isCommand ? (Command<?>) spec.userObject() : null,
            isCommand && !help ? settings(result) : Map.of(), help, spec.commandLine());
    }

    /** A setting that is true or false may be written as {@code --name} alone, which means true. */
    private static String[] withValues(CommandLine root, String[] args) {
        Set<String> flags = new HashSet<>();
        addFlags(root, flags);
        String[] full = args.clone();
        for (int i = 0; i < full.length; i++) {
            boolean hasValue = i + 1 < full.length && (full[i + 1].equals("true") || full[i + 1].equals("false"));
            if (flags.contains(full[i]) && !hasValue) {
                full[i] += "=true";
            }
        }
        return full;
    }

    private static void addFlags(CommandLine line, Set<String> flags) {
        if (line.getCommandSpec().userObject() instanceof Command<?> command) {
            Binder.settings(command.settings()).stream().filter(s -> s.type() == boolean.class)
                .forEach(s -> flags.add("--" + s.name()));
        }
        line.getSubcommands().values().forEach(sub -> addFlags(sub, flags));
    }

    private static Map<String, String> settings(ParseResult result) {
        Map<String, String> map = new LinkedHashMap<>();
        for (OptionSpec option : result.matchedOptions()) {
            map.put(nameOf(option), option.stringValues().getLast());
        }
        List<String> known = names(result.commandSpec());
        // picocli lists the one positional parameter again after every option that stands between its values.
        for (PositionalParamSpec positional : new LinkedHashSet<>(result.matchedPositionals())) {
            for (String argument : positional.stringValues()) {
                int equals = argument.indexOf('=');
                if (equals < 1) {
                    throw noSetting(result.commandSpec(), argument);
                }
                String name = argument.substring(0, equals);
                if (!known.contains(name)) {
                    throw unknownSetting(result.commandSpec(), name);
                }
                if (map.put(name, argument.substring(equals + 1)) != null) {
                    throw twice(name);
                }
            }
        }
        return map;
    }

    private static UserError noSetting(CommandSpec spec, String argument) {
        String command = ((Command<?>) spec.userObject()).name();
        List<String> commands = spec.subcommands().keySet().stream().map(n -> command + " " + n).toList();
        String near = Binder.suggestion(command + " " + argument, commands);
        return new UserError("argument '" + argument + "' is not a setting" + near + ": write NAME=VALUE, or see "
            + "llm-rlpt " + command + " --help");
    }

    private static UserError unknown(CommandLine line, String argument) {
        CommandSpec spec = line.getCommandSpec();
        if (spec.userObject() instanceof Command<?>) {
            String bare = argument.replaceFirst("^-+", "");
            String name = bare.contains("=") ? bare.substring(0, bare.indexOf('=')) : bare;
            return names(spec).contains(name) ? new UserError("argument '" + argument + "' is not a setting: write --"
                + bare + " or " + name + "=VALUE") : unknownSetting(spec, name);
        }
        String group = line.getParent() == null ? "" : line.getCommandName() + " ";
        List<String> names = line.getSubcommands().keySet().stream().map(n -> group + n).toList();
        return new UserError("there is no command '" + group + argument + "'"
            + Binder.suggestion(group + argument, names) + "; the commands are " + String.join(", ", names));
    }

    private static UserError unknownSetting(CommandSpec spec, String name) {
        return new UserError("there is no setting '" + name + "'" + Binder.suggestion(name, names(spec)) + "; llm-rlpt "
            + ((Command<?>) spec.userObject()).name() + " --help lists all of them");
    }

    private static UserError twice(String name) {
        return new UserError("setting '" + name + "' is given twice: keep one of the two");
    }

    private static List<String> names(CommandSpec spec) {
        List<String> names = new ArrayList<>();
        spec.options().forEach(o -> names.add(nameOf(o)));
        return names;
    }

    private static String nameOf(CommandLine.Model.ArgSpec argument) {
        return argument instanceof OptionSpec option ? option.longestName().substring(2) : argument.paramLabel();
    }
}
