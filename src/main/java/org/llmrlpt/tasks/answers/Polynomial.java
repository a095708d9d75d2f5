package org.llmrlpt.tasks.answers;

import java.math.BigInteger;
import java.util.TreeMap;

/**
 * A sum of {@link Monomial}s. Sums, products and small powers are worked out; what cannot be becomes an atom, named by
 * its canonical text, so that equal texts stay equal.
 */
final class Polynomial {
    private static final int MOST_TERMS = 64;
    private static final int HIGHEST_EXPANDED_POWER = 12;
    private static final int HIGHEST_ROOT = 64;

    private final TreeMap<String, Monomial> terms = new TreeMap<>();

    private Polynomial() {
    }

    static Polynomial of(Rational value) {
        return of(Monomial.of(value));
    }

    static Polynomial atom(String name) {
        return of(Monomial.atom(name));
    }

    private static Polynomial of(Monomial m) {
        Polynomial p = new Polynomial();
        p.add(m);
        return p;
    }

    private void add(Monomial m) {
        if (m.coefficient().signum() == 0) {
            return;
        }
        String key = m.key();
        Monomial there = terms.get(key);
        Rational sum = there == null ? m.coefficient() : there.coefficient().plus(m.coefficient());
        if (sum.signum() == 0) {
            terms.remove(key);
        } else {
            terms.put(key, m.withCoefficient(sum));
        }
        if (terms.size() > MOST_TERMS) {
            throw new Unreadable("too many terms");
        }
    }

    Polynomial plus(Polynomial o, Budget budget) {
        Polynomial sum = new Polynomial();
        budget.spend(terms.size() + o.terms.size());
        terms.values().forEach(sum::add);
        o.terms.values().forEach(sum::add);
        return sum;
    }

    Polynomial minus(Polynomial o, Budget budget) {
        return plus(o.negate(), budget);
    }

    Polynomial negate() {
        Polynomial p = new Polynomial();
        terms.values().forEach(m -> p.add(m.withCoefficient(m.coefficient().negate())));
        return p;
    }

    Polynomial times(Polynomial o, Budget budget) {
        Polynomial product = new Polynomial();
        for (Monomial a : terms.values()) {
            for (Monomial b : o.terms.values()) {
                budget.spend(a.work() + b.work());
                product.add(a.times(b));
            }
        }
        return product;
    }

    /** The quotient; a divisor of several terms is made rational where it can be, and stays as an atom elsewhere. */
    Polynomial over(Polynomial o, Budget budget) {
        if (o.terms.isEmpty()) {
            throw new Unreadable("division by zero");
        }
        Monomial first = o.terms.firstEntry().getValue();
        if (o.terms.size() == 1) {
            return times(of(first.power(-1)), budget);
        }
        if (o.terms.size() == 2) {
            Monomial second = o.terms.lastEntry().getValue();
            if (first.power(2).isRational() && second.power(2).isRational()) {
                Polynomial conjugate = of(first).minus(of(second), budget);
                return times(conjugate, budget).over(o.times(conjugate, budget), budget);
            }
        }
        Polynomial scaled = o.times(of(first.coefficient().inverse()), budget);
        Polynomial numerator = times(of(first.coefficient().inverse()), budget);
        return numerator.quotientBy(scaled, budget);
    }

    private Polynomial quotientBy(Polynomial divisor, Budget budget) {
        if (!terms.isEmpty()) {
            Rational ratio = terms.firstEntry().getValue().coefficient()
                .times(divisor.terms.firstEntry().getValue().coefficient().inverse());
            if (minus(divisor.times(of(ratio), budget), budget).terms.isEmpty()) {
                return of(ratio);
            }
        }
        return times(of(Monomial.atom("(" + divisor + ")").power(-1)), budget);
    }

    /** The power, worked out for whole exponents of bounded size and for exact roots. */
    Polynomial power(Polynomial exponent, Budget budget) {
        Rational e = exponent.rational();
        if (e != null && e.isWholeWithin(-HIGHEST_EXPANDED_POWER * 100, HIGHEST_EXPANDED_POWER * 100)) {
            int n = e.numerator().intValue();
            if (terms.size() == 1) {
                Monomial only = terms.firstEntry().getValue();
                budget.spend(only.work() * 16);
                return of(only.power(n));
            }
            if (terms.isEmpty() && n <= 0) {
                throw new Unreadable("zero has no such power");
            }
            if (n >= 0 && n <= HIGHEST_EXPANDED_POWER) {
                Polynomial product = of(Rational.ONE);
                for (int i = 0; i < n; i++) {
                    product = product.times(this, budget);
                }
                return product;
            }
        }
        if (e != null && e.isUnitFraction(HIGHEST_ROOT)) {
            return root(e.denominator().intValue(), budget);
        }
        return atom("pow(" + this + "," + exponent + ")");
    }

    /** The k-th root: exact, or of squares a whole number under a root, or an atom. */
    Polynomial root(int k, Budget budget) {
        Rational value = rational();
        if (value != null && k >= 2 && k <= HIGHEST_ROOT) {
            if (k == 2) {
                return of(Monomial.root(value, budget));
            }
            budget.spend((long) k * value.bits());
            Rational exact = value.root(k);
            if (exact != null) {
                return of(exact);
            }
        }
        return atom("pow(" + this + ",1/" + k + ")");
    }

    /** The value where it is a rational number, otherwise null. */
    Rational rational() {
        if (terms.isEmpty()) {
            return Rational.ZERO;
        }
        Monomial only = terms.firstEntry().getValue();
        return terms.size() == 1 && only.isRational() ? only.coefficient() : null;
    }

    /** Whether it is a number: without symbols other than \pi and i. */
    boolean isNumber() {
        return terms.values().stream().allMatch(m -> m.powers().keySet().stream()
            .allMatch(a -> a.equals("\\pi") || a.equals(Monomial.IMAGINARY)));
    }

    /** The name, where it is a lone atom; otherwise null. */
    String lone() {
        if (terms.size() != 1) {
            return null;
        }
        Monomial only = terms.firstEntry().getValue();
        boolean lone = only.coefficient().equals(Rational.ONE) && only.radicand().equals(BigInteger.ONE)
            && only.powers().size() == 1 && only.powers().firstEntry().getValue() == 1;
        return lone ? only.powers().firstKey() : null;
    }

    /** Divided by its first coefficient: equal for equations that say the same. */
    Polynomial scaled(Budget budget) {
        return terms.isEmpty() ? this
            : times(of(terms.firstEntry().getValue().coefficient().inverse()), budget);
    }

    /** The canonical text. */
    @Override
    public String toString() {
        if (terms.isEmpty()) {
            return "0";
        }
        StringBuilder s = new StringBuilder();
        terms.forEach((key, m) -> {
            String c = m.coefficient().toString();
            s.append(s.isEmpty() || c.startsWith("-") ? "" : "+");
            if (key.isEmpty()) {
                s.append(c);
            } else {
                s.append(c.equals("1") ? "" : c.equals("-1") ? "-" : c + "*").append(key);
            }
        });
        return s.toString();
    }
}
