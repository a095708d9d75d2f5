package org.llmrlpt.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Turns dotted keys and texts into records of settings and back. A component with a {@link Key} is one setting; one
 * with a {@link Stage} is a map of another command's; any other is a record of further settings.
 */
public final class Binder {
    private static final Pattern WHOLE = Pattern.compile("[+-]?[0-9]+(_[0-9]+)*");
    private static final Pattern DECIMAL = Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?");

    private Binder() {
    }

    /** One setting of a record type. */
    public record Setting(String name, String or, String help, Class<?> type) {
    }

    /** All settings of a record type, nested ones included, in order of declaration. */
    public static List<Setting> settings(Class<? extends Record> type) {
        return settings(type, Map.of());
    }

    private static List<Setting> settings(Class<? extends Record> type, Map<String, String> defaults) {
        List<Setting> list = new ArrayList<>();
        for (RecordComponent c : type.getRecordComponents()) {
            Key key = c.getAnnotation(Key.class);
            if (key != null) {
                list.add(new Setting(key.value(), defaults.getOrDefault(key.value(), key.or()), key.help(),
                    c.getType()));
            } else if (c.isAnnotationPresent(Stage.class)) {
                Stage stage = c.getAnnotation(Stage.class);
                settings(stage.settings()).forEach(s -> list.add(
                    new Setting(stage.prefix() + s.name(), s.or(), s.help(), s.type())));
            } else {
                list.addAll(settings(c.getType().asSubclass(Record.class), with(defaults, c)));
            }
        }
        return list;
    }

    /** The defaults inside a component: its own {@link Defaults}, unless a record around it says otherwise. */
    private static Map<String, String> with(Map<String, String> outer, RecordComponent component) {
        Map<String, String> all = new LinkedHashMap<>();
        Defaults own = component.getAnnotation(Defaults.class);
        if (own != null) {
            for (String line : own.value()) {
                int equals = line.indexOf('=');
                all.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        all.putAll(outer);
        return all;
    }

    /** The dotted names of all settings of a record type. */
    public static List<String> names(Class<? extends Record> type) {
        return settings(type).stream().map(Setting::name).toList();
    }

    /**
     * Makes the record from what was given; the rest takes its default.
     *
     * @throws UserError for an unknown key, a text that is not of the key's type, or a number outside its bounds
     */
    public static <R extends Record> R bind(Class<R> type, Map<String, String> given) {
        List<String> known = names(type);
        for (String name : given.keySet()) {
            if (!known.contains(name)) {
                throw new UserError("there is no setting '" + name + "'" + suggestion(name, known)
                    + "; --help lists all of them");
            }
        }
        return make(type, given, Map.of());
    }

    /** The record's settings as texts under their dotted names; unset ones are left out. */
    public static Map<String, String> unbind(Record settings) {
        Map<String, String> map = new LinkedHashMap<>();
        try {
            for (RecordComponent c : settings.getClass().getRecordComponents()) {
                c.getAccessor().setAccessible(true);
                Object value = c.getAccessor().invoke(settings);
                Key key = c.getAnnotation(Key.class);
                if (c.isAnnotationPresent(Stage.class)) {
                    String prefix = c.getAnnotation(Stage.class).prefix();
                    ((Map<?, ?>) value).forEach((name, text) -> map.put(prefix + name, (String) text));
                } else if (key == null) {
                    map.putAll(unbind((Record) value));
                } else if (value != null) {
                    map.put(key.value(), value instanceof Enum<?> e ? text(e) : value.toString());
                }
            }
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("cannot read " + settings.getClass(), e);
        }
        return map;
    }

    private static <R extends Record> R make(Class<R> type, Map<String, String> given,
        Map<String, String> defaults) {
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            values[i] = component(components[i], given, defaults);
        }
        try {
            Class<?>[] types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            Constructor<R> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof UserError error) {
                throw error;
            }
            throw new IllegalStateException("cannot make " + type, e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make " + type, e);
        }
    }

    private static Object component(RecordComponent component, Map<String, String> given,
        Map<String, String> defaults) {
        Key key = component.getAnnotation(Key.class);
        Stage stage = component.getAnnotation(Stage.class);
        if (stage != null) {
            Map<String, String> own = new LinkedHashMap<>();
            given.forEach((name, text) -> {
                if (name.startsWith(stage.prefix())) {
                    own.put(name.substring(stage.prefix().length()), text);
                }
            });
            return own;
        }
        return key == null ? make(component.getType().asSubclass(Record.class), given, with(defaults, component))
            : value(key, component.getType(), given.get(key.value()),
                defaults.getOrDefault(key.value(), key.or()));
    }

    private static Object value(Key key, Class<?> type, String given, String fallback) {
        if (given == null && fallback.isEmpty()) {
            return null;
        }
        if (given != null && given.isEmpty() && !key.mayBeEmpty()) {
            throw new UserError("setting '" + key.value() + "' needs a value: give it one or leave it out");
        }
        return parse(key, type, given == null ? fallback : given);
    }

    private static Object parse(Key key, Class<?> type, String text) {
        if (type == String.class) {
            return text;
        }
        if (type == boolean.class || type == Boolean.class) {
            if (!text.equals("true") && !text.equals("false")) {
                throw wrong(key, text, "true or false");
            }
            return Boolean.valueOf(text);
        }
        if (type.isEnum()) {
            return parseEnum(key, type, text);
        }
        return parseNumber(key, type, text);
    }

    private static Object parseEnum(Key key, Class<?> type, String text) {
        Object[] constants = type.getEnumConstants();
        for (Object constant : constants) {
            if (text((Enum<?>) constant).equals(text)) {
                return constant;
            }
        }
        throw wrong(key, text, "one of " + Arrays.stream(constants).map(c -> text((Enum<?>) c))
            .collect(Collectors.joining(", ")));
    }

    private static String text(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Object parseNumber(Key key, Class<?> type, String text) {
        boolean whole = type == int.class || type == Integer.class || type == long.class || type == Long.class;
        double value;
        Object number;
        try {
            if (whole) {
                long n = Long.parseLong(plainNumber(text, WHOLE).replace("_", ""));
                boolean isInt = type == int.class || type == Integer.class;
                if (isInt && n != (int) n) {
                    throw wrong(key, text, "a whole number below 2^31");
                }
                value = n;
                number = isInt ? (Object) (int) n : (Object) n;
            } else {
                value = Double.parseDouble(plainNumber(text, DECIMAL));
                number = type == float.class || type == Float.class ? (Object) (float) value : (Object) value;
            }
        } catch (NumberFormatException e) {
            throw wrong(key, text, whole ? "a whole number" : "a number");
        }
        if (!(value >= key.min() && value <= key.max()) || Double.isInfinite(value)) {
            throw wrong(key, text, bounds(key));
        }
        return number;
    }

    /** Java's own parsers accept more, such as hexadecimal floats, 1d and digits of all scripts. */
    private static String plainNumber(String text, Pattern form) {
        if (!form.matcher(text).matches()) {
            throw new NumberFormatException(text);
        }
        return text;
    }

    private static String bounds(Key key) {
        if (Double.isInfinite(key.max())) {
            return Double.isInfinite(key.min()) ? "a finite number" : "at least " + plain(key.min());
        }
        return "between " + plain(key.min()) + " and " + plain(key.max());
    }

    private static String plain(double d) {
        return d == Math.rint(d) && Math.abs(d) < 1e15 ? Long.toString((long) d) : Double.toString(d);
    }

    private static UserError wrong(Key key, String text, String expected) {
        return new UserError("setting '" + key.value() + "' must be " + expected + ", not '" + text + "'");
    }

    /** " (did you mean ...?)" with the known name that is closest to the given one, or nothing. */
    public static String suggestion(String name, List<String> known) {
        String best = null;
        int least = Math.max(2, name.length() / 3) + 1;
        for (String candidate : known) {
            int d = distance(name, candidate);
            boolean tail = candidate.endsWith("." + name);
            if (tail || d < least) {
                least = tail ? 0 : d;
                best = candidate;
            }
        }
        return best == null ? "" : " (did you mean '" + best + "'?)";
    }

    /** Levenshtein distance. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
