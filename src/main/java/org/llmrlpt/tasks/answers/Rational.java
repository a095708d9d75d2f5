package org.llmrlpt.tasks.answers;

import java.math.BigInteger;

/** An exact fraction in lowest terms with a positive denominator, of bounded size. */
record Rational(BigInteger numerator, BigInteger denominator) implements Comparable<Rational> {
    static final Rational ZERO = of(0);
    static final Rational ONE = of(1);
    private static final int MOST_BITS = 4096;

    /** Brings the fraction to lowest terms. */
    Rational {
        if (denominator.signum() == 0) {
            throw new Unreadable("division by zero");
        }
        BigInteger divisor = numerator.gcd(denominator);
        if (denominator.signum() < 0) {
            divisor = divisor.negate();
        }
        numerator = numerator.divide(divisor);
        denominator = denominator.divide(divisor);
        if (numerator.bitLength() > MOST_BITS || denominator.bitLength() > MOST_BITS) {
            throw new Unreadable("number too large");
        }
    }

    static Rational of(long value) {
        return new Rational(BigInteger.valueOf(value), BigInteger.ONE);
    }

    /** A number such as 12, .5 or 1.50, with an exponent of ten. */
    static Rational decimal(String digits, int exponent) {
        int point = digits.indexOf('.');
        String all = point < 0 ? digits : digits.substring(0, point) + digits.substring(point + 1);
        int shift = exponent - (point < 0 ? 0 : digits.length() - point - 1);
        if (Math.abs(shift) > MOST_BITS / 4 || all.length() > MOST_BITS / 4) {
            throw new Unreadable("number too large");
        }
        BigInteger n = new BigInteger(all);
        BigInteger power = BigInteger.TEN.pow(Math.abs(shift));
        return shift >= 0 ? new Rational(n.multiply(power), BigInteger.ONE) : new Rational(n, power);
    }

    Rational plus(Rational o) {
        return new Rational(numerator.multiply(o.denominator).add(o.numerator.multiply(denominator)),
            denominator.multiply(o.denominator));
    }

    Rational times(Rational o) {
        return new Rational(numerator.multiply(o.numerator), denominator.multiply(o.denominator));
    }

    Rational negate() {
        return new Rational(numerator.negate(), denominator);
    }

    Rational inverse() {
        return new Rational(denominator, numerator);
    }

    /** A whole power, refused before it is worked out where it would be too large. */
    Rational power(int exponent) {
        Rational base = exponent < 0 ? inverse() : this;
        long n = Math.abs((long) exponent);
        if (n * Math.max(1, base.bits() - 1) > MOST_BITS) {
            throw new Unreadable("power too large");
        }
        return new Rational(base.numerator.pow((int) n), base.denominator.pow((int) n));
    }

    /** The exact k-th root, or null where there is none. */
    Rational root(int k) {
        if (signum() < 0 && k % 2 == 0) {
            return null;
        }
        BigInteger n = root(numerator.abs(), k);
        BigInteger d = root(denominator, k);
        return n == null || d == null ? null : new Rational(signum() < 0 ? n.negate() : n, d);
    }

    private static BigInteger root(BigInteger value, int k) {
        BigInteger low = BigInteger.ZERO;
        BigInteger high = BigInteger.ONE.shiftLeft(value.bitLength() / k + 1);
        while (low.compareTo(high) < 0) {
            BigInteger middle = low.add(high).add(BigInteger.ONE).shiftRight(1);
            if (middle.pow(k).compareTo(value) <= 0) {
                low = middle;
            } else {
                high = middle.subtract(BigInteger.ONE);
            }
        }
        return low.pow(k).equals(value) ? low : null;
    }

    int signum() {
        return numerator.signum();
    }

    boolean isWhole() {
        return denominator.equals(BigInteger.ONE);
    }

    /** Whether it is a whole number between the two, ends included. */
    boolean isWholeWithin(int from, int to) {
        return isWhole() && numerator.bitLength() < 32 && numerator.intValue() >= from && numerator.intValue() <= to;
    }

    /** Whether it is 1/k with k from 2 to {@code most}. */
    boolean isUnitFraction(int most) {
        return numerator.equals(BigInteger.ONE) && inverse().isWholeWithin(2, most);
    }

    /** Size of the larger part in bits. */
    int bits() {
        return Math.max(numerator.bitLength(), denominator.bitLength());
    }

    @Override
    public int compareTo(Rational o) {
        return numerator.multiply(o.denominator).compareTo(o.numerator.multiply(denominator));
    }

    @Override
    public String toString() {
        return isWhole() ? numerator.toString() : numerator + "/" + denominator;
    }
}
