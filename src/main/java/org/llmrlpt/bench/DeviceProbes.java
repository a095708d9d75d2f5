package org.llmrlpt.bench;

import java.util.function.ToDoubleFunction;
import org.llmrlpt.device.ArenaKind;
import org.llmrlpt.device.Profile;
import org.llmrlpt.device.Program;
import org.llmrlpt.device.ProgramBuilder;
import org.llmrlpt.device.Session;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.gpu.GpuProbes;

/** The ceilings of a TornadoVM device, measured by tasks of the session that they are held against. */
final class DeviceProbes {
    private static final int COPIED = 32 << 20;
    private static final int THREADS = 1 << 20;
    private static final int ROUNDS = 1024;
    private static final int WARPS = 1 << 13;
    private static final int RUNS = 6;

    private final Profile profile;
    private final Program copy;
    private final Program multiplyAdds;
    private final Program tensorCores;

    /** Records the programs. {@code withTensorCores}: only a device that has them compiles theirs. */
    DeviceProbes(Session session, Profile profile, boolean withTensorCores) {
        this.profile = profile;
        Tensor from = session.persistent(ArenaKind.CONSTANTS, "copied", 1, COPIED);
        Tensor to = session.persistent(ArenaKind.WORKSPACE, "copy", 1, COPIED);
        ProgramBuilder p = session.program("copyCeiling");
        GpuProbes.copy(p, from, to);
        copy = p.build();
        p = session.program("multiplyAddCeiling");
        GpuProbes.multiplyAdds(p, to.matrix("sums", 0, 1, THREADS), ROUNDS);
        multiplyAdds = p.build();
        if (withTensorCores) {
            p = session.program("tensorCoreCeiling");
            GpuProbes.tensorCores(p, to.matrix("products", 0, 1, WARPS * GpuProbes.WARP_ELEMENTS), ROUNDS);
            tensorCores = p.build();
        } else {
            tensorCores = null;
        }
    }

    /** What was reached once in several runs; the first one compiles. */
    Ceilings measure() {
        return new Ceilings(best(multiplyAdds, Profile.Entry::gigaflops), best(copy, Profile.Entry::gigabytes),
            tensorCores == null ? 0 : best(tensorCores, Profile.Entry::gigaflops));
    }

    private double best(Program program, ToDoubleFunction<Profile.Entry> figure) {
        double best = 0;
        for (int i = 0; i < RUNS; i++) {
            profile.reset();
            program.run();
            best = Math.max(best, profile.entries().stream().mapToDouble(figure).max().orElseThrow());
        }
        return best;
    }
}
