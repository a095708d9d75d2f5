package org.llmrlpt.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.config.OptimizerSettings.DecayShape;
import org.llmrlpt.kernels.Golden;

/** Learning rates against the golden vectors. */
class GoldenScheduleTest {
    static List<Golden> golden() {
        return Golden.cases("wsd");
    }

    @ParameterizedTest
    @MethodSource("golden")
    void everyStepHasTheGoldenRate(Golden golden) {
        Schedule schedule = new Schedule(golden.config("lr_max"), golden.config("lr_min"),
            (long) golden.config("warmup"), (long) golden.config("stable"), (long) golden.config("decay"),
            DecayShape.valueOf(golden.config().get("shape").asText().toUpperCase(Locale.ROOT)));
        double[] want = golden.expected("lr");
        int[] steps = golden.ints("step");
        for (int i = 0; i < want.length; i++) {
            assertEquals(want[i], schedule.at(steps[i]), 1e-12 + 1e-9 * golden.config("lr_max"),
                golden + " step " + steps[i]);
        }
    }
}
