package org.llmrlpt.tasks.answers;

import java.math.BigInteger;
import java.util.Map;
import java.util.TreeMap;

/**
 * A product of a rational number, the square root of a whole number and powers of atoms. An atom is a symbol such as x
 * or \pi, or the canonical text of something that is not worked out, such as sin(x).
 *
 * @param coefficient the rational factor
 * @param radicand what stands under the root, positive, without the square factors that {@link #root} finds
 * @param powers exponents by atom, none of them 0
 */
record Monomial(Rational coefficient, BigInteger radicand, TreeMap<String, Integer> powers) {
    static final String IMAGINARY = "i";
    private static final int LARGEST_TRIAL_DIVISOR = 1000;
    private static final int HIGHEST_POWER = 100_000;
    private static final int LONGEST_ATOM = 1000;
    private static final int MOST_ATOMS = 30;
    private static final int MOST_BITS = 4096;

    static Monomial of(Rational value) {
        return new Monomial(value, BigInteger.ONE, new TreeMap<>());
    }

    static Monomial atom(String name) {
        if (name.length() > LONGEST_ATOM) {
            throw new Unreadable("part too long");
        }
        return new Monomial(Rational.ONE, BigInteger.ONE, new TreeMap<>(Map.of(name, 1)));
    }

    /** The square root of a rational number, with i for a negative one. */
    static Monomial root(Rational value, Budget budget) {
        BigInteger rest = value.numerator().abs().multiply(value.denominator());
        BigInteger outside = BigInteger.ONE;
        if (rest.signum() == 0) {
            return of(Rational.ZERO);
        }
        for (int p = 2; p <= LARGEST_TRIAL_DIVISOR && rest.bitLength() > 1; p++) {
            BigInteger square = BigInteger.valueOf((long) p * p);
            budget.spend(1 + rest.bitLength() / 64);
            while (true) {
                BigInteger[] parts = rest.divideAndRemainder(square);
                if (parts[1].signum() != 0) {
                    break;
                }
                budget.spend(1 + rest.bitLength() / 64);
                rest = parts[0];
                outside = outside.multiply(BigInteger.valueOf(p));
            }
        }
        BigInteger whole = rest.sqrt();
        if (whole.multiply(whole).equals(rest)) {
            outside = outside.multiply(whole);
            rest = BigInteger.ONE;
        }
        Monomial root = new Monomial(new Rational(outside, value.denominator()), rest, new TreeMap<>());
        return value.signum() < 0 ? root.times(atom(IMAGINARY)) : root;
    }

    Monomial times(Monomial o) {
        BigInteger common = radicand.gcd(o.radicand);
        BigInteger root = radicand.divide(common).multiply(o.radicand.divide(common));
        Rational c = coefficient.times(o.coefficient).times(new Rational(common, BigInteger.ONE));
        TreeMap<String, Integer> all = new TreeMap<>(powers);
        o.powers.forEach((atom, power) -> all.merge(atom, power, Monomial::sum));
        if (all.size() > MOST_ATOMS || root.bitLength() > MOST_BITS) {
            throw new Unreadable("too many factors");
        }
        return reduced(c, root, all);
    }

    private static int sum(int a, int b) {
        if (Math.abs((long) a + b) > HIGHEST_POWER) {
            throw new Unreadable("power too large");
        }
        return a + b;
    }

    /** Drops powers of 0 and works out i*i = -1. */
    private static Monomial reduced(Rational coefficient, BigInteger radicand, TreeMap<String, Integer> powers) {
        powers.values().removeIf(p -> p == 0);
        int turns = Math.floorMod(powers.getOrDefault(IMAGINARY, 0), 4);
        powers.remove(IMAGINARY);
        if (turns % 2 == 1) {
            powers.put(IMAGINARY, 1);
        }
        return new Monomial(turns >= 2 ? coefficient.negate() : coefficient, radicand, powers);
    }

    /** A whole power. */
    Monomial power(int exponent) {
        Rational c = coefficient.power(exponent);
        int half = Math.floorDiv(exponent, 2);
        c = c.times(new Rational(radicand, BigInteger.ONE).power(half));
        TreeMap<String, Integer> all = new TreeMap<>();
        powers.forEach((atom, p) -> {
            if (Math.abs((long) p * exponent) > HIGHEST_POWER) {
                throw new Unreadable("power too large");
            }
            all.put(atom, p * exponent);
        });
        return reduced(c, exponent % 2 == 0 ? BigInteger.ONE : radicand, all);
    }

    Monomial withCoefficient(Rational c) {
        return new Monomial(c, radicand, powers);
    }

    boolean isRational() {
        return powers.isEmpty() && radicand.equals(BigInteger.ONE);
    }

    /** What a product with it costs, in {@link Budget}'s unit. */
    long work() {
        long words = 1 + (coefficient.bits() + radicand.bitLength()) / 64;
        return words * words + powers.keySet().stream().mapToLong(a -> 1 + a.length() / 8).sum();
    }

    /** All but the coefficient: equal for monomials that can be added. */
    String key() {
        StringBuilder s = new StringBuilder();
        if (!radicand.equals(BigInteger.ONE)) {
            s.append("sqrt(").append(radicand).append(')');
        }
        powers.forEach((atom, power) -> {
            s.append(s.isEmpty() ? "" : "*").append(atom);
            if (power != 1) {
                s.append('^').append(power);
            }
        });
        return s.toString();
    }
}
