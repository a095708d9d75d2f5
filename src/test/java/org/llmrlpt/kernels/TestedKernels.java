package org.llmrlpt.kernels;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.provider.Arguments;
import org.llmrlpt.kernels.cpu.CpuKernels;
import org.llmrlpt.kernels.gpu.GpuKernels;
import uk.ac.manchester.tornado.api.TaskGraph;

/** The kernel sets that every kernel test goes through. */
public final class TestedKernels {
    private TestedKernels() {
    }

    /** Whether task graphs run on the fallback; the real TornadoVM lives in a named module. */
    public static boolean isFallback() {
        return !TaskGraph.class.getModule().isNamed();
    }

    /** The sets that the runtime can execute: the real TornadoVM compiles gpu kernels only. */
    public static Stream<Named<Kernels>> all() {
        Stream<Named<Kernels>> gpu = Stream.of(named(new GpuKernels()));
        return isFallback() ? Stream.concat(Stream.of(named(new CpuKernels())), gpu) : gpu;
    }

    /**
     * All cases of a golden file on the fallback. The real TornadoVM compiles kernels anew for every case, about a
     * second each, so there it is every 23rd one (the grid's periods are 2, 4 and 5) and all that are not of the grid.
     */
    public static List<Golden> affordable(List<Golden> cases) {
        if (isFallback()) {
            return cases;
        }
        return IntStream.range(0, cases.size())
            .filter(i -> i % 23 == 0 || cases.get(i).toString().matches("(ties|onehot|all|only|extra)_.*"))
            .mapToObj(cases::get).toList();
    }

    /** Every set with every case of a golden file. */
    public static Stream<Arguments> golden(String file) {
        List<Golden> cases = Golden.cases(file);
        return all().flatMap(k -> cases.stream().map(c -> Arguments.of(k, c)));
    }

    private static Named<Kernels> named(Kernels kernels) {
        return Named.of(kernels.name(), kernels);
    }
}
