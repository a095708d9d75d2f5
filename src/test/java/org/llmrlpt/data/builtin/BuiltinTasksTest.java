package org.llmrlpt.data.builtin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.config.UserError;
import org.llmrlpt.tasks.answers.Arithmetic;
import org.llmrlpt.tasks.answers.Finder;

class BuiltinTasksTest {
    private static final int SAMPLES = 2000;
    private static final Pattern MINIMUM = Pattern.compile("min of ([\\d ]+) is (\\d+)");
    private static final Pattern FACT = Pattern.compile("(\\w+) is (?:older|taller) than (\\w+)\\.");

    static Stream<String> families() {
        return BuiltinTasks.families().stream();
    }

    private static List<Problem> problems(String family, boolean heldOut) {
        List<Problem> problems = new ArrayList<>();
        for (int level = 1; level <= BuiltinTasks.HIGHEST_LEVEL; level++) {
            BuiltinTasks tasks = new BuiltinTasks(List.of(family), level, level, heldOut, 11);
            for (int n = 0; n < SAMPLES / 4; n++) {
                problems.add(tasks.problem(n));
            }
        }
        return problems;
    }

    static Stream<String> textFamilies() {
        return BuiltinTasks.textFamilies().stream();
    }

    @ParameterizedTest
    @MethodSource("textFamilies")
    void everyPrintedStepIsTrue(String family) {
        for (Problem problem : problems(family, false)) {
            assertTrue(problem.steps().endsWith("."), problem.text());
            for (String step : problem.steps().substring(0, problem.steps().length() - 1).split("\\. ")) {
                assertTrue(isTrue(step, problem), () -> "false: " + step + "\n" + problem.text());
            }
        }
    }

    /** The statements that steps consist of; anything else is not true. */
    private static boolean isTrue(String step, Problem problem) {
        Matcher minimum = MINIMUM.matcher(step);
        if (minimum.matches()) {
            return Collections.min(numbers(minimum.group(1))) == Integer.parseInt(minimum.group(2));
        }
        if (problem.family().equals("counting")) {
            String word = problem.key().split(" ")[2];
            String letter = problem.key().split(" ")[1];
            String numbered = step.replaceAll("[ \\d]", "");
            List<Integer> counted = numbers(step.replaceAll("[^\\d]", " ").strip());
            return numbered.equals(word)
                    && Pattern.compile(letter + "\\d").matcher(step).results().count() == counted.size()
                    && counted.equals(IntStream.rangeClosed(1, counted.size()).boxed().toList())
                    && !Pattern.compile(letter + "(?!\\d)").matcher(step).find();
        }
        if (problem.family().equals("ordering")) {
            String[] people = step.split(">");
            Set<String> facts = FACT.matcher(problem.question()).results()
                    .map(fact -> fact.group(1) + ">" + fact.group(2)).collect(Collectors.toSet());
            return facts.size() == people.length - 1 && IntStream.range(0, people.length - 1)
                    .allMatch(i -> facts.contains(people[i] + ">" + people[i + 1]));
        }
        return isTrueFormula(step.replaceAll(" (carry 1|borrow 1|digits)$", ""), problem);
    }

    /** A chain of values joined by = < >; a letter alone is a name for what follows. */
    private static boolean isTrueFormula(String formula, Problem problem) {
        String[] sides = formula.split("[=<>]");
        if (sides.length < 2) {
            return false;
        }
        String signs = formula.replaceAll("[^=<>]", "");
        for (int i = 0; i < signs.length(); i++) {
            if (sides[i].matches("x")) {
                return sides[i + 1].equals(problem.answer());
            }
            if (sides[i].matches("[b-e]")) {
                continue;
            }
            int order = Long.compare(value(sides[i]), value(sides[i + 1]));
            if (order != "<=>".indexOf(signs.charAt(i)) - 1) {
                return false;
            }
        }
        return true;
    }

    /** The value of numbers joined by one kind of operation, x standing for a unit. */
    private static long value(String side) {
        String[] terms = side.replace("x", "").split("[-+*/]");
        String signs = side.replaceAll("[^-+*/]", "");
        long value = Long.parseLong(terms[0]);
        for (int i = 0; i < signs.length(); i++) {
            long term = Long.parseLong(terms[i + 1]);
            value = switch (signs.charAt(i)) {
                case '+' -> value + term;
                case '-' -> value - term;
                case '*' -> value * term;
                default -> value % term == 0 ? value / term : Long.MIN_VALUE;
            };
        }
        return value;
    }

    private static List<Integer> numbers(String text) {
        return text.isEmpty() ? List.of() : Arrays.stream(text.split(" +")).map(Integer::valueOf).toList();
    }

    @Test
    void theCheckOfStepsFindsFalseOnes() {
        Problem problem = new Problem("addition", 1, "addition 1 2", "", "", "3");
        for (String wrong : List.of("1+2=4", "3<2", "2>2", "min of 3 4 is 4", "x=4", "7/2=3", "hello", "b=1+2=4")) {
            assertFalse(isTrue(wrong, problem), wrong);
        }
        Problem counting = new Problem("counting", 1, "counting a aba", "", "", "2");
        assertTrue(isTrue("a1 b a2", counting));
        for (String wrong : List.of("a1 b a1", "a1 b a", "a1 b2 a2", "a1 b a2 a3")) {
            assertFalse(isTrue(wrong, counting), wrong);
        }
    }

    /** The answers are worked out again from the questions alone. */
    @ParameterizedTest
    @MethodSource("families")
    void answersFollowFromTheQuestions(String family) {
        for (Problem problem : problems(family, false)) {
            String q = problem.question();
            List<Integer> n = numbers(q.replaceAll("[^\\d]+", " ").strip());
            String answer = switch (family) {
                case "addition" -> "" + (n.get(0) + n.get(1));
                case "subtraction" -> "" + Math.abs(n.get(0) - n.get(1));
                case "multiplication" -> "" + n.get(0) * n.get(1);
                case "modular" -> "" + (n.size() == 2 ? n.get(0) : q.contains("+") ? n.get(0) + n.get(1)
                        : n.get(0) * n.get(1)) % n.getLast();
                case "comparison" -> "" + (q.contains("larger") ? Collections.max(n) : Collections.min(n));
                case "sorting" -> n.stream().sorted().map(String::valueOf).collect(Collectors.joining(" "));
                case "counting" -> counted(q);
                case "equation" -> solved(q);
                case "story" -> told(q);
                case "chain" -> chained(q);
                case "countdown" -> counted(n, q, problem.answer());
                case "sums" -> "" + (n.get(0) + n.get(1));
                case "sums-carry" -> columns(n.get(0), n.get(1));
                default -> ordered(q);
            };
            assertEquals(answer, problem.answer(), problem.text());
        }
    }

    private static String counted(String question) {
        Matcher m = Pattern.compile("(?:many|letter) (\\w) .*in (\\w+)[.?]").matcher(question);
        assertTrue(m.find());
        return "" + m.group(2).chars().filter(c -> c == m.group(1).charAt(0)).count();
    }

    /** The answer itself if it uses the numbers of the question and has the value asked for. */
    private static String counted(List<Integer> inQuestion, String question, String answer) {
        boolean first = question.startsWith("Make");
        List<Long> given = inQuestion.subList(first ? 1 : 0, inQuestion.size() - (first ? 0 : 1)).stream().sorted()
                .map(Long::valueOf).toList();
        Arithmetic expression = Arithmetic.of(answer);
        assertEquals(given, Arrays.stream(expression.numbers()).boxed().toList(), question + answer);
        return expression.value().equals("" + inQuestion.get(first ? 0 : inQuestion.size() - 1)) ? answer : "wrong";
    }

    private static String columns(int a, int b) {
        String digits = "";
        int carry = 0;
        for (int place = 1; place <= a; place *= 10) {
            int column = a / place % 10 + b / place % 10 + carry;
            digits += column + ",";
            carry = column > 9 ? 1 : 0;
        }
        return digits + (a + b);
    }

    private static String solved(String question) {
        String[] sides = question.replaceAll("(Solve |Find x: |\\.$)", "").split(" = ");
        for (int x = 0; x < 100; x++) {
            if (side(sides[0], x) == side(sides[1], x)) {
                return "" + x;
            }
        }
        return "none";
    }

    private static long side(String side, int x) {
        long sum = 0;
        for (String term : side.split(" \\+ ")) {
            String factor = term.replace("x", "");
            sum += (factor.isEmpty() ? 1 : Long.parseLong(factor)) * (term.endsWith("x") ? x : 1);
        }
        return sum;
    }

    private static String told(String question) {
        long have = 0;
        for (String sentence : question.split("\\. ")) {
            List<Integer> n = numbers(sentence.replaceAll("[^\\d]+", " ").strip());
            if (sentence.contains("has")) {
                have = n.size() == 2 ? n.get(0) * n.get(1) : n.get(0);
            } else if (!n.isEmpty()) {
                have += sentence.matches(".*(gets|buys).*") ? n.get(0) : -n.get(0);
            }
        }
        return "" + have;
    }

    private static String chained(String question) {
        long value = 0;
        for (String sentence : question.split("\\. ")) {
            Matcher m = Pattern.compile("[a-e]=([a-d]?)([-+*]?)(\\d+)").matcher(sentence);
            if (m.matches()) {
                value = m.group(1).isEmpty() ? Long.parseLong(m.group(3)) : value(value + m.group(2) + m.group(3));
            }
        }
        return "" + value;
    }

    private static String ordered(String question) {
        List<String[]> facts = FACT.matcher(question).results()
                .map(fact -> new String[] {fact.group(1), fact.group(2)}).toList();
        boolean first = question.matches(".*(oldest|tallest)\\?");
        Set<String> people = facts.stream().map(f -> f[first ? 0 : 1]).collect(Collectors.toSet());
        facts.forEach(f -> people.remove(f[first ? 1 : 0]));
        return String.join(" ", people);
    }

    @ParameterizedTest
    @MethodSource("families")
    void trainingAndHeldOutProblemsNeverMeet(String family) {
        Set<String> keys = problems(family, false).stream().map(Problem::key).collect(Collectors.toSet());
        Set<String> questions = problems(family, false).stream().map(Problem::question).collect(Collectors.toSet());
        List<Problem> heldOut = problems(family, true);
        assertTrue(heldOut.stream().noneMatch(p -> keys.contains(p.key()) || questions.contains(p.question())));
        assertTrue(heldOut.stream().map(Problem::key).distinct().count() > 30, "there are different ones to test on");
    }

    @Test
    void problemsDependOnSeedAndNumberAlone() {
        BuiltinTasks tasks = BuiltinTasks.all(false, 3);
        Problem later = BuiltinTasks.all(false, 3).problem(123_456_789_012L);
        tasks.problem(7);
        assertEquals(later, tasks.problem(123_456_789_012L));
        assertNotEquals(tasks.problem(0), BuiltinTasks.all(false, 4).problem(0));
        assertNotEquals(tasks.problem(0), tasks.problem(1));
    }

    @Test
    void documentsAreShortAndMakeUpTheSizeAskedFor() {
        List<String> documents = new ArrayList<>();
        BuiltinTasks.all(false, 1).documents(200_000).forEach(documents::add);
        int bytes = documents.stream().mapToInt(String::length).sum();
        assertTrue(bytes >= 200_000 && bytes < 200_400, "bytes: " + bytes);
        double mean = bytes / (double) documents.size();
        assertTrue(mean > 40 && mean < 120, "mean length: " + mean);
        assertTrue(documents.stream().allMatch(d -> d.length() <= 260), "longest");
        assertTrue(String.join("", documents).chars().allMatch(c -> c == '\n' || c >= ' ' && c <= '~'));
        assertTrue(new HashSet<>(documents).size() > documents.size() * 0.8);
    }

    @Test
    void aSolutionIsJudgedByItsLastAnswer() {
        Problem problem = BuiltinTasks.all(false, 1).problem(0);
        assertEquals(problem.answer(), Finder.MARK.find(problem.solution(), false));
        assertEquals(problem.answer(),
            Finder.MARK.find("Answer: wrong\nAnswer:  " + problem.answer() + " \nmore", false));
        assertNotEquals(problem.answer(), Finder.MARK.find("Answer: " + problem.answer() + "0", false));
        assertNull(Finder.MARK.find(problem.answer(), false));
        assertNull(Finder.MARK.find("no mark", false));
        assertEquals(problem.prompt() + problem.solution(), problem.text());
    }

    @Test
    void namesStandForFamiliesAndGroupsOfThem() {
        assertEquals(List.of("addition", "subtraction", "multiplication", "story"),
            BuiltinTasks.familiesOf("arithmetic,story"));
        assertEquals(BuiltinTasks.textFamilies(), BuiltinTasks.familiesOf("builtin"));
        assertTrue(BuiltinTasks.isName("sums") && !BuiltinTasks.isName("sums,poetry") && !BuiltinTasks.isName(""));
        for (int n = 0; n < 50; n++) {
            assertEquals(BuiltinTasks.all(false, 5).problem(n),
                    BuiltinTasks.named("builtin", null, false, 5).problem(n));
            Problem sum = BuiltinTasks.named("sums", "2", true, 5).problem(n);
            assertEquals(2, sum.level());
            assertEquals(sum.question() + sum.answer(), sum.text(), "no words, no line end");
        }
        for (String level : List.of("", "0", "2-", "1-9-", "4-1", "1-5", "two")) {
            assertThrows(UserError.class, () -> BuiltinTasks.named("sums", level, true, 5), level);
        }
    }

    @Test
    void namesAndLevelsThatDoNotExistAreRefused() {
        UserError error = assertThrows(UserError.class, () -> new BuiltinTasks(List.of("poetry"), 1, 1, false, 1));
        assertTrue(error.getMessage().contains("poetry") && error.getMessage().contains("addition"));
        assertThrows(UserError.class, () -> new BuiltinTasks(List.of(), 1, 1, false, 1));
        assertThrows(UserError.class, () -> new BuiltinTasks(List.of("story"), 0, 1, false, 1));
        assertThrows(UserError.class, () -> new BuiltinTasks(List.of("story"), 3, 2, false, 1));
        assertThrows(UserError.class, () -> new BuiltinTasks(List.of("story"), 1, 5, false, 1));
    }
}
