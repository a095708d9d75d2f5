package org.llmrlpt.tasks.answers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.random.RandomStream;

/** Whatever a model writes, reading it ends, soon and in the same way each time. */
class BoundedWorkTest {
    private static final String[] PIECES = {"\\frac", "\\sqrt", "{", "}", "(", ")", "[", "]", "^", "_", "+", "-", "*",
        "/",
        ",", "=", "x", "ab", "word", "12", "9", "0", ".", "1e9", "\\pm", "\\cup", "\\{", "\\}", "\\text{", "\\begin{",
        "\\end{", "&", "\\\\", "|", "!", "$", " ", "\n", "\\boxed{", "####", "answer:", "\\pi", "i", "\\sin", "%",
            "é", "😀",
        "\\", "1/3", "99999999999999999999", "\\left(", "or", "<=", "\u0000", "\ud800"};

    static List<String> traps() {
        return List.of("9^9^9^9", "9^{9^{9^9}}", "((9^{99})^{99})^{99}", "2^{1000}".repeat(100), "1e9999",
            "1e99999999999",
            "1".repeat(100_000), "1".repeat(990), "0." + "1".repeat(900), "(".repeat(900), "-".repeat(900),
            "\\frac{".repeat(150), "\\frac".repeat(190), "\\sqrt{".repeat(150), "\\sqrt".repeat(190),
            "\\sqrt[64]{" + "9".repeat(900) + "}", "\\sqrt{" + "9".repeat(900) + "}", "\\sqrt{2}".repeat(120),
            "\\sqrt{9999991}*".repeat(60) + "1", "x^".repeat(450) + "x", "x_".repeat(450) + "x", "100!".repeat(200),
            "(a+b+c+d+e+f+g+h)^{12}", "(((a+b)^{12})^{12})^{12}", "(a+b+c)^9(d+e+f)^9(g+h+i)^9", "(1+x)".repeat(190),
            "1/(1+x)".repeat(120), "1/(1+1/(1+1/(1+1/(1+1/(1+1/(1+1/(1+1/(1+1/(1+x)))))))))",
            "(a+b+c+d)/(e+f+g)/(h+j+k)/(l+m+n)/(o+p+q)/(r+s+t)".repeat(10), "1/(1+\\sqrt{2})".repeat(60),
            "\\pm1".repeat(200), "1\\pm".repeat(200), "{1,".repeat(300), "1,".repeat(499), "\\text{".repeat(150),
            "\\boxed{".repeat(30_000), "\\boxed{".repeat(30_000) + "}".repeat(30_000), "####".repeat(50_000),
            "answer ".repeat(50_000), "answer is".repeat(50_000), "answer" + " ".repeat(100_000), "=".repeat(100_000),
            "\\begin{pmatrix}".repeat(60), "\\begin{pmatrix}" + "1&".repeat(400), "\n".repeat(100_000), "|".repeat(900),
            "\\sin".repeat(190), "0^{-1}", "0^0", "1/0", "\\frac{1}{0}", "(1/3)^{1200}", "(1/3)^{-1200}^{1200}",
                "x^{99999999}",
            "(x^{99999})^{99999}", "\\frac", "\\sqrt[", "\\begin", "\\end{", "\\text", "\\", "^", "_", "!",
                "i^{999999}");
    }

    private static void read(String text) {
        assertEquals(Canonical.of(text), Canonical.of(text));
        assertNotNull(Canonical.of(text));
        Canonical.isBalanced(text);
        Arithmetic.of(text);
        for (Finder finder : Finder.values()) {
            for (boolean truncated : new boolean[] {false, true}) {
                String found = finder.find(text, truncated);
                assertEquals(found == null ? null : found.strip(), found);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("traps")
    void trapsEndSoon(String trap) {
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> read(trap));
    }

    @Test
    void randomTextsEndSoon() {
        RandomStream random = RandomStream.of(1, "fuzz");
        assertTimeoutPreemptively(Duration.ofSeconds(120), () -> {
            for (int n = 0; n < 30_000; n++) {
                StringBuilder text = new StringBuilder();
                int pieces = 1 + random.nextInt(n % 100 == 0 ? 400 : 25);
                for (int i = 0; i < pieces; i++) {
                    text.append(PIECES[random.nextInt(PIECES.length)]);
                }
                read(text.toString());
            }
        });
    }
}
