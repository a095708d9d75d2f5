package org.llmrlpt.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.kernels.Golden;
import org.llmrlpt.tasks.Verdict;

/** Pass@k, Avg@m and Cons@m against the golden vectors. */
class GoldenMetricsTest {
    static List<Golden> golden() {
        return Golden.cases("metrics");
    }

    @ParameterizedTest
    @MethodSource("golden")
    void metricsAreTheGoldenOnes(Golden golden) {
        if (golden.inputs().contains("answers")) {
            consensus(golden);
        } else if (golden.inputs().contains("correct")) {
            pool(golden);
        } else {
            int[] n = golden.ints("n");
            double[] got = new double[n.length];
            for (int i = 0; i < n.length; i++) {
                got[i] = Accuracy.passAtK(n[i], golden.ints("c")[i], golden.ints("k")[i]);
            }
            assertClose(golden.expected("pass_at_k"), got);
        }
    }

    private static void assertClose(double[] want, double[] got) {
        assertArrayEquals(want, got, 1e-12 + 1e-9 * Arrays.stream(want).map(Math::abs).max().orElse(0));
    }

    private static void consensus(Golden golden) {
        List<String> answers = golden.strings("answers");
        String gold = golden.strings("gold").getFirst();
        assertEquals(golden.expectedStrings("winner").getFirst(), answers.get(Accuracy.majority(answers)));
        Accuracy accuracy = new Accuracy(answers.size());
        accuracy.add(answers.stream().map(a -> new Verdict(a.equals(gold), a)).toList());
        assertEquals(golden.expectedInts("correct")[0], accuracy.cons().value());
    }

    private static void pool(Golden golden) {
        int problems = golden.shape("correct")[0];
        int samples = golden.shape("correct")[1];
        Accuracy accuracy = new Accuracy(samples);
        double[] perProblem = new double[problems];
        for (int p = 0; p < problems; p++) {
            List<Verdict> verdicts = new ArrayList<>();
            for (int s = 0; s < samples; s++) {
                verdicts.add(new Verdict(golden.ints("correct")[p * samples + s] == 1, null));
            }
            accuracy.add(verdicts);
            Accuracy alone = new Accuracy(samples);
            alone.add(verdicts);
            perProblem[p] = alone.avg().value();
        }
        if (golden.config().has("k")) {
            int[] k = new int[golden.config().get("k").size()];
            Arrays.setAll(k, i -> golden.config().get("k").get(i).intValue());
            Estimate[] all = accuracy.passAtEveryK();
            assertClose(golden.expected("mean_pass_at_k"), Arrays.stream(k).mapToDouble(i -> all[i - 1].value())
                .toArray());
        } else {
            assertClose(golden.expected("avg_at_m"), new double[] {accuracy.avg().value()});
            assertClose(golden.expected("per_problem"), perProblem);
        }
    }
}
