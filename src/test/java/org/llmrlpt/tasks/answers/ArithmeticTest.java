package org.llmrlpt.tasks.answers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class ArithmeticTest {
    @Test
    void productsGoBeforeSumsAndFractionsStayExact() {
        assertEquals("14", Arithmetic.of("2 + 3 * 4").value());
        assertEquals("20", Arithmetic.of("(2+3)*4").value());
        assertEquals("-5", Arithmetic.of("2-3-4").value());
        assertEquals("1", Arithmetic.of("(1/3)*3").value());
        assertEquals("2/3", Arithmetic.of("8/4/3").value());
        assertEquals("6", Arithmetic.of("12÷4×2").value());
        assertArrayEquals(new long[] {2, 3, 3, 10}, Arithmetic.of("3*(10-2)/3").numbers());
    }

    @Test
    void anythingElseIsNoExpression() {
        for (String text : new String[] {"", "x", "2+", "+2", "(2", "2)", "2 3)", "1/0", "2**3", "9999999999",
            "1+1=2", "2.5",
            "(".repeat(100) + "1" + ")".repeat(100), "1+".repeat(200) + "1"}) {
            assertNull(Arithmetic.of(text), text);
        }
    }
}
