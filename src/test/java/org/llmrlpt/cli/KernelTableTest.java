package org.llmrlpt.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.llmrlpt.bench.Ceilings;
import org.llmrlpt.bench.KernelBenchmark.Figure;
import org.llmrlpt.bench.Spread;
import org.llmrlpt.cli.KernelTable.Pass;

class KernelTableTest {
    private static Pass pass(int threads, Ceilings first, Ceilings second) {
        return new Pass(threads, List.of(
            new Figure("linear, o", "64 x 16 x 16", 5, new Spread(2, 1.5, 4), 80_000_000, 1_000_000, first),
            new Figure("residual", "64 x 16", 5, new Spread(0.5, 0.5, 0.5), 0, 1_500_000, second)));
    }

    @Test
    void productsStandBesideBothOfTheirCeilingsWhereTensorCoresMultiply() {
        List<Pass> passes = List.of(pass(2, new Ceilings(50, 10, 400), new Ceilings(45, 12, 400)));
        List<List<String>> rows = KernelTable.rows("a device", passes);
        assertEquals(List.of("a device", "shape", "ms, threads: 2", "min", "max", "GFLOP/s", "GB/s", "of ceiling",
            "of tensor cores"), rows.get(0));
        assertEquals(List.of("linear, o", "64 x 16 x 16", "2.000", "1.500", "4.000", "40.0", "-", "80 %", "10 %"),
            rows.get(1));
        assertEquals(List.of("residual", "64 x 16", "0.500", "0.500", "0.500", "-", "3.0", "25 %", "-"), rows.get(2));
        assertTrue(KernelTable.notes(passes).getFirst().endsWith("12.0 GB/s copied, 400 GFLOP/s of tensor cores"));
    }

    @Test
    void withoutTensorCoresEveryPassHasOneShare() {
        Ceilings two = new Ceilings(50, 12, 0);
        Ceilings one = new Ceilings(40, 6, 0);
        Pass pass = pass(2, two, two);
        List<List<String>> rows = KernelTable.rows("cpu", List.of(pass, pass(1, one, one)));
        assertEquals(14, rows.get(0).size());
        assertEquals(List.of("80 %", "2.000"), rows.get(1).subList(7, 9));
        assertEquals(List.of("100 %", "50 %"), List.of(rows.get(1).get(13), rows.get(2).get(13)));
        assertTrue(String.join("\n", KernelTable.notes(List.of(pass))).endsWith("(inputs and outputs once)"));
    }
}
