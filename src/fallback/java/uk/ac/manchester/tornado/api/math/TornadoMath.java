package uk.ac.manchester.tornado.api.math;

/** The mathematical functions that kernels may call. */
public class TornadoMath {
    /** The circle constant as a float. */
    public static float floatPI() { return (float) Math.PI; }

    /** The circle constant. */
    public static double PI() { return Math.PI; }

    public static float min(float a, float b) { return Math.min(a, b); }

    public static float max(float a, float b) { return Math.max(a, b); }

    public static float abs(float a) { return Math.abs(a); }

    public static double min(double a, double b) { return Math.min(a, b); }

    public static double max(double a, double b) { return Math.max(a, b); }

    public static double abs(double a) { return Math.abs(a); }

    public static long min(long a, long b) { return Math.min(a, b); }

    public static long max(long a, long b) { return Math.max(a, b); }

    public static long abs(long a) { return Math.abs(a); }

    public static int min(int a, int b) { return Math.min(a, b); }

    public static int max(int a, int b) { return Math.max(a, b); }

    public static int abs(int a) { return Math.abs(a); }

    public static short min(short a, short b) { return (short) Math.min(a, b); }

    public static short max(short a, short b) { return (short) Math.max(a, b); }

    public static short abs(short a) { return (short) Math.abs(a); }

    public static byte min(byte a, byte b) { return (byte) Math.min(a, b); }

    public static byte max(byte a, byte b) { return (byte) Math.max(a, b); }

    public static byte abs(byte a) { return (byte) Math.abs(a); }

    public static float clamp(float value, float low, float high) { return max(low, min(high, value)); }

    public static double clamp(double value, double low, double high) { return max(low, min(high, value)); }

    public static long clamp(long value, long low, long high) { return max(low, min(high, value)); }

    public static int clamp(int value, int low, int high) { return max(low, min(high, value)); }

    public static short clamp(short value, short low, short high) { return max(low, min(high, value)); }

    public static byte clamp(byte value, byte low, byte high) { return max(low, min(high, value)); }

    public static float exp(float x) { return (float) Math.exp(x); }

    public static double exp(double x) { return Math.exp(x); }

    public static float sqrt(float x) { return (float) Math.sqrt(x); }

    public static double sqrt(double x) { return Math.sqrt(x); }

    public static float log(float x) { return (float) Math.log(x); }

    public static double log(double x) { return Math.log(x); }

    public static float tan(float x) { return (float) Math.tan(x); }

    public static double tan(double x) { return Math.tan(x); }

    public static float tanh(float x) { return (float) Math.tanh(x); }

    public static double tanh(double x) { return Math.tanh(x); }

    public static float atan(float x) { return (float) Math.atan(x); }

    public static double atan(double x) { return Math.atan(x); }

    public static float asin(float x) { return (float) Math.asin(x); }

    public static double asin(double x) { return Math.asin(x); }

    public static float acos(float x) { return (float) Math.acos(x); }

    public static double acos(double x) { return Math.acos(x); }

    public static float sin(float x) { return (float) Math.sin(x); }

    public static double sin(double x) { return Math.sin(x); }

    public static float cos(float x) { return (float) Math.cos(x); }

    public static double cos(double x) { return Math.cos(x); }

    public static float floor(float x) { return (float) Math.floor(x); }

    public static double floor(double x) { return Math.floor(x); }

    public static float ceil(float x) { return (float) Math.ceil(x); }

    public static double ceil(double x) { return Math.ceil(x); }

    public static float toRadians(float x) { return (float) Math.toRadians(x); }

    public static double toRadians(double x) { return Math.toRadians(x); }

    public static float pow(float a, float b) { return (float) Math.pow(a, b); }

    public static double pow(double a, double b) { return Math.pow(a, b); }

    public static float atan2(float a, float b) { return (float) Math.atan2(a, b); }

    public static double atan2(double a, double b) { return Math.atan2(a, b); }

    public static float signum(float x) { return Math.signum(x); }

    public static float fract(float x) { return x - floor(x); }

    public static float log2(float x) { return (float) (Math.log(x) / Math.log(2)); }

    public static float asinh(float x) { return (float) Math.log(x + Math.sqrt((double) x * x + 1)); }

    public static float acosh(float x) { return (float) Math.log(x + Math.sqrt((double) x * x - 1)); }

    public static float sinpi(float x) { return (float) Math.sin(x * Math.PI); }

    public static float cospi(float x) { return (float) Math.cos(x * Math.PI); }

    public static double signum(double x) { return Math.signum(x); }

    public static double fract(double x) { return x - floor(x); }

    public static double log2(double x) { return Math.log(x) / Math.log(2); }

    public static double asinh(double x) { return Math.log(x + Math.sqrt(x * x + 1)); }

    public static double acosh(double x) { return Math.log(x + Math.sqrt(x * x - 1)); }

    public static double sinpi(double x) { return Math.sin(x * Math.PI); }

    public static double cospi(double x) { return Math.cos(x * Math.PI); }
}
