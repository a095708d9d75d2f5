package org.llmrlpt.tasks.answers;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.llmrlpt.tasks.answers.Token.Kind;

/**
 * Reads a final answer: numbers, formulas, tuples, intervals, sets, lists, unions, matrices, equations, inequalities.
 * Recursive descent over the {@link Lexer}'s tokens; what it cannot read is {@link Unreadable}.
 */
final class FormulaParser {
    private static final Set<String> RELATIONS = Set.of("=", "<", ">", "<=", ">=", "!=", "\\in");
    private static final Set<String> FUNCTIONS = Set.of("sin", "cos", "tan", "cot", "sec", "csc", "log", "ln", "exp",
        "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "lg", "det", "gcd", "lcm", "max", "min");
    private static final Set<String> SHORT_UNITS = Set.of("cm", "mm", "km", "kg", "mg", "ml", "ft", "in", "lb", "oz",
        "hr", "yd", "mi", "pm", "am");
    private static final int LARGEST_FACTORIAL = 100;

    private final List<Token> tokens;
    private final Budget budget = new Budget();
    private int at;

    private FormulaParser(List<Token> tokens) {
        this.tokens = tokens;
    }

    /** The meaning of a whole answer. */
    static Value parse(String text) {
        FormulaParser parser = new FormulaParser(new ArrayList<>(Lexer.tokens(text)));
        Value value = parser.list();
        if (parser.next().kind() != Kind.END) {
            throw new Unreadable("text after the answer");
        }
        return value;
    }

    private Token next() {
        return ahead(0);
    }

    private Token ahead(int n) {
        return tokens.get(Math.min(at + n, tokens.size() - 1));
    }

    private boolean skip(String symbol) {
        boolean there = next().is(symbol);
        at += there ? 1 : 0;
        return there;
    }

    private void expect(String symbol) {
        if (!skip(symbol)) {
            throw new Unreadable("no " + symbol);
        }
    }

    /** Parts joined by commas, semicolons, "and" and "or": their order does not matter. */
    private Value list() {
        budget.enter();
        List<Value> parts = new ArrayList<>(List.of(union()));
        while (next().is(",") || next().is(";") || isConjunction()) {
            at++;
            if (isConjunction()) {
                at++;
            }
            parts.add(union());
        }
        budget.leave();
        return Value.Several.of(parts);
    }

    private boolean isConjunction() {
        boolean word = next().kind() == Kind.TEXT || next().kind() == Kind.WORD;
        return word && (next().text().equals("and") || next().text().equals("or"));
    }

    private Value union() {
        Value first = relation();
        if (!next().is("\\cup")) {
            return first;
        }
        TreeSet<String> parts = new TreeSet<>(List.of(first.canonical()));
        while (skip("\\cup")) {
            parts.add(relation().canonical());
        }
        return new Value.Text(String.join("\\cup", parts));
    }

    /** Of "x = 5" and "x \in (1,2)" the right-hand side; other equations and inequalities as texts. */
    private Value relation() {
        Value left = sum();
        StringBuilder text = new StringBuilder(left.canonical());
        while (next().kind() == Kind.SYMBOL && RELATIONS.contains(next().text())) {
            String sign = next().text();
            at++;
            Value right = sum();
            boolean names = left instanceof Value.Formula f && f.polynomial().lone() != null;
            if (names && (sign.equals("=") || sign.equals("\\in")) && text.toString().equals(left.canonical())) {
                text.setLength(0);
                text.append(right.canonical());
            } else if (sign.equals("=") && left instanceof Value.Formula a && right instanceof Value.Formula b) {
                text.setLength(0);
                text.append(a.polynomial().minus(b.polynomial(), budget).scaled(budget)).append("=0");
            } else {
                text.append(sign).append(right.canonical());
            }
            left = right;
        }
        return text.toString().equals(left.canonical()) ? left : new Value.Text(text.toString());
    }

    private Value sum() {
        budget.enter();
        Value value = skip("\\pm") ? both(Polynomial.of(Rational.ZERO), formula(product())) : product();
        while (next().is("+") || next().is("-") || next().is("\\pm")) {
            String sign = next().text();
            at++;
            Polynomial left = formula(value);
            Polynomial right = formula(product());
            value = switch (sign) {
                case "+" -> new Value.Formula(left.plus(right, budget));
                case "-" -> new Value.Formula(left.minus(right, budget));
                default -> both(left, right);
            };
        }
        budget.leave();
        return value;
    }

    private Value both(Polynomial left, Polynomial right) {
        return new Value.Several(List.of(new Value.Formula(left.plus(right, budget)),
            new Value.Formula(left.minus(right, budget))));
    }

    private static Polynomial formula(Value value) {
        if (value instanceof Value.Formula f) {
            return f.polynomial();
        }
        throw new Unreadable("no formula");
    }

    /** Factors beside each other or joined by * and /. A number's unit is left out. */
    private Value product() {
        Value value = signed();
        while (true) {
            Token token = next();
            if (token.is("*")) {
                at++;
                value = new Value.Formula(formula(value).times(formula(signed()), budget));
            } else if (token.is("/")) {
                at++;
                value = new Value.Formula(formula(value).over(formula(signed()), budget));
            } else if (isUnit(value)) {
                at++;
                if (skip("^")) {
                    exponent();
                }
            } else if (beginsFactor()) {
                value = new Value.Formula(formula(value).times(formula(power()), budget));
            } else {
                return value;
            }
        }
    }

    private boolean isUnit(Value value) {
        Token token = next();
        boolean word = token.kind() == Kind.TEXT || token.kind() == Kind.WORD
            && (token.text().length() > 2 && !isFunction(token) || SHORT_UNITS.contains(token.text()));
        return word && !isConjunction() && value instanceof Value.Formula f && f.polynomial().isNumber();
    }

    private boolean beginsFactor() {
        Token token = next();
        return switch (token.kind()) {
            case COMMAND -> !token.text().equals("\\end");
            case WORD -> token.text().length() <= 2 && !isConjunction() || isFunction(token);
            case NUMBER -> at > 0 && tokens.get(at - 1).kind() != Kind.NUMBER;
            case SYMBOL -> token.is("(") || token.is("{");
            default -> false;
        };
    }

    private Value signed() {
        budget.enter();
        Value value;
        if (skip("-")) {
            value = new Value.Formula(formula(signed()).negate());
        } else if (skip("+")) {
            value = signed();
        } else {
            value = power();
        }
        budget.leave();
        return value;
    }

    private Value power() {
        Value base = primary();
        if (skip("!")) {
            base = new Value.Formula(factorial(formula(base)));
        }
        if (next().is("_") && base instanceof Value.Formula) {
            base = new Value.Formula(Polynomial.atom(subscripted(formula(base))));
        }
        if (skip("^")) {
            return new Value.Formula(formula(base).power(exponent(), budget));
        }
        return base;
    }

    /** x_1, or a numeral with its base such as 52_8. */
    private String subscripted(Polynomial base) {
        expect("_");
        return base + "_" + group();
    }

    private Polynomial exponent() {
        budget.enter();
        Polynomial exponent = next().is("{") ? group() : formula(signed());
        budget.leave();
        return exponent;
    }

    /** A formula in braces, or one token. */
    private Polynomial group() {
        if (skip("{")) {
            Polynomial inside = formula(sum());
            expect("}");
            return inside;
        }
        return formula(primary());
    }

    private Polynomial factorial(Polynomial of) {
        Rational n = of.rational();
        if (n == null || !n.isWholeWithin(0, LARGEST_FACTORIAL)) {
            return Polynomial.atom("factorial(" + of + ")");
        }
        Rational product = Rational.ONE;
        for (int i = 2; i <= n.numerator().intValue(); i++) {
            budget.spend(1 + product.bits() / 64);
            product = product.times(Rational.of(i));
        }
        return Polynomial.of(product);
    }

    private Value primary() {
        budget.enter();
        budget.spend(1);
        Token token = next();
        at++;
        Value value = switch (token.kind()) {
            case NUMBER -> number(token);
            case WORD -> word(token);
            case TEXT -> text(token);
            case COMMAND -> command(token);
            case SYMBOL -> bracketed(token);
            case END -> throw new Unreadable("nothing there");
        };
        budget.leave();
        return value;
    }

    /** A number, with the fraction that makes it a mixed one: 1\frac{4}{5} or 1 4/5. */
    private Value number(Token token) {
        String digits = token.text();
        int e = Math.max(digits.indexOf('e'), digits.indexOf('E'));
        Rational value = e < 0 ? Rational.decimal(digits, 0)
            : Rational.decimal(digits.substring(0, e), Integer.parseInt(digits.substring(e + 1)));
        if (digits.indexOf('.') < 0 && e < 0) {
            int begin = at;
            Rational fraction = fraction();
            if (fraction != null && fraction.signum() > 0 && fraction.compareTo(Rational.ONE) < 0) {
                return new Value.Formula(Polynomial.of(value.plus(fraction)));
            }
            at = begin;
        }
        return new Value.Formula(Polynomial.of(value));
    }

    /** A fraction of two whole numbers that stands here, or null. */
    private Rational fraction() {
        if (next().isCommand("\\frac")) {
            at++;
            Token first = next();
            boolean whole = first.is("{") && ahead(1).kind() == Kind.NUMBER && ahead(2).is("}")
                || first.kind() == Kind.NUMBER;
            return whole ? fractionAfterCommand().rational() : null;
        }
        if (next().kind() == Kind.NUMBER && next().spaced() && ahead(1).is("/")
            && ahead(2).kind() == Kind.NUMBER) {
            Rational top = whole(next());
            Rational bottom = whole(ahead(2));
            at += 3;
            return top == null || bottom == null || bottom.signum() == 0 ? null : top.times(bottom.inverse());
        }
        return null;
    }

    private static Rational whole(Token token) {
        return token.text().chars().allMatch(Character::isDigit) ? Rational.decimal(token.text(), 0) : null;
    }

    private Polynomial fractionAfterCommand() {
        Polynomial top = argument();
        return top.over(argument(), budget);
    }

    /** An argument of \frac: a group in braces, or one digit, letter or command. */
    private Polynomial argument() {
        String digits = next().text();
        if (next().kind() == Kind.NUMBER && digits.chars().allMatch(Character::isDigit)) {
            tokens.set(at, new Token(Kind.NUMBER, digits.substring(0, 1), false));
            if (digits.length() > 1) {
                tokens.add(at + 1, new Token(Kind.NUMBER, digits.substring(1), false));
            }
            at++;
            return Polynomial.of(Rational.of(digits.charAt(0) - '0'));
        }
        budget.enter();
        Polynomial argument = group();
        budget.leave();
        return argument;
    }

    /** Short runs of letters are products, longer ones are words; sqrt and functions may lack their backslash. */
    private Value word(Token token) {
        String word = token.text();
        if (word.equals("sqrt")) {
            return root();
        }
        if (isFunction(token)) {
            return function(word);
        }
        if (word.equals("pi") || word.equals("Pi")) {
            return new Value.Formula(Polynomial.atom("\\pi"));
        }
        if (word.length() > 2) {
            return new Value.Formula(Polynomial.atom(word.toLowerCase(Locale.ROOT)));
        }
        // The last letter alone takes what follows, an exponent for instance.
        Polynomial product = Polynomial.atom(word.substring(word.length() - 1));
        if (word.length() == 2) {
            tokens.add(at, new Token(Kind.WORD, word.substring(1), false));
            product = Polynomial.atom(word.substring(0, 1));
        }
        return new Value.Formula(product);
    }

    private static Value text(Token token) {
        String inside = token.text().replaceAll("[().]", "").strip();
        if (inside.isEmpty()) {
            throw new Unreadable("empty text");
        }
        return new Value.Formula(Polynomial.atom(inside.length() == 1 ? inside : inside.toLowerCase(Locale.ROOT)));
    }

    private static boolean isFunction(Token token) {
        String name = token.text().startsWith("\\") ? token.text().substring(1) : token.text();
        return FUNCTIONS.contains(name);
    }

    private Value command(Token token) {
        if (isFunction(token)) {
            return function(token.text().substring(1));
        }
        return switch (token.text()) {
            case "\\frac" -> new Value.Formula(fractionAfterCommand());
            case "\\sqrt" -> root();
            case "\\begin" -> matrix();
            case "\\boxed", "\\fbox" -> new Value.Formula(group());
            case "\\end", "\\lfloor", "\\rfloor", "\\lceil", "\\rceil" -> throw new Unreadable(token.text());
            case "\\overline", "\\bar", "\\vec", "\\hat", "\\widehat", "\\overrightarrow" ->
                new Value.Formula(Polynomial.atom(token.text() + "(" + group() + ")"));
            case "\\binom", "\\dbinom", "\\tbinom" ->
                new Value.Formula(Polynomial.atom("binom(" + argument() + "," + argument() + ")"));
            default -> new Value.Formula(Polynomial.atom(token.text()));
        };
    }

    private Value root() {
        int k = 2;
        if (skip("[")) {
            Rational degree = formula(sum()).rational();
            expect("]");
            if (degree == null || !degree.isWholeWithin(2, 64)) {
                throw new Unreadable("root");
            }
            k = degree.numerator().intValue();
        }
        return new Value.Formula(group().root(k, budget));
    }

    /** Functions are not worked out. \sin^2 x is (\sin x)^2. */
    private Value function(String name) {
        String base = next().is("_") ? subscripted(Polynomial.atom(name)) : name;
        Polynomial exponent = skip("^") ? exponent() : Polynomial.of(Rational.ONE);
        Value argument = next().is("(") ? primary() : power();
        while (!next().is("(") && beginsFactor() && !(next().kind() == Kind.COMMAND && isFunction(next()))) {
            argument = new Value.Formula(formula(argument).times(formula(power()), budget));
        }
        return new Value.Formula(Polynomial.atom(base + "(" + argument.canonical() + ")").power(exponent, budget));
    }

    /** Parentheses, tuples, intervals, sets, absolute values. */
    private Value bracketed(Token open) {
        switch (open.text()) {
            case "(", "[" -> {
                List<Value> parts = parts();
                String close = next().text();
                if (!skip(")")) {
                    expect("]");
                }
                return parts.size() == 1 ? parts.getFirst() : new Value.Text(open.text()
                    + String.join(",", parts.stream().map(Value::canonical).toList()) + close);
            }
            case "{" -> {
                Value inside = list();
                expect("}");
                return inside;
            }
            case "\\{" -> {
                Value inside = Value.Several.of(parts());
                expect("\\}");
                return inside;
            }
            case "|" -> {
                Polynomial inside = formula(sum());
                expect("|");
                Rational value = inside.rational();
                return new Value.Formula(value == null ? Polynomial.atom("abs(" + inside + ")")
                    : Polynomial.of(value.signum() < 0 ? value.negate() : value));
            }
            default -> throw new Unreadable(open.text());
        }
    }

    private List<Value> parts() {
        List<Value> parts = new ArrayList<>(List.of(relation()));
        while (skip(",") || skip(";")) {
            parts.add(relation());
        }
        return parts;
    }

    private Value matrix() {
        expect("{");
        at++;
        expect("}");
        StringBuilder text = new StringBuilder("matrix(");
        text.append(sum().canonical());
        while (!next().isCommand("\\end")) {
            if (next().is("\\\\") && ahead(1).isCommand("\\end")) {
                at++;
                break;
            }
            String separator = next().text();
            if (!skip("&")) {
                expect("\\\\");
            }
            text.append(separator.equals("&") ? "," : ";").append(sum().canonical());
        }
        at++;
        expect("{");
        at++;
        expect("}");
        return new Value.Text(text.append(')').toString());
    }
}
