package org.llmrlpt.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.llmrlpt.kernels.gpu.GpuKernels;

class FetchTest {
    private static final int N = 40;
    private static final float ON_THE_HOST = -3f;

    @Test
    void theHostGetsTheTensorItFetchesAndNothingBesideIt() {
        GpuKernels kernels = new GpuKernels();
        try (Session session = new Session()) {
            Tensor x = session.persistent(ArenaKind.PARAMETERS, "x", 1, N);
            ProgramBuilder p = session.program("twice");
            Tensor first = p.output("first", 1, N);
            Tensor second = p.output("second", 1, N);
            Tensor third = p.output("third", 1, N);
            for (Tensor y : new Tensor[] {first, second, third}) {
                kernels.add(p, x, x, y);
            }
            Program program = p.build();
            session.start();
            for (int i = 0; i < N; i++) {
                session.floats(x).set(x.offset() + i, i);
            }
            session.upload();
            for (Tensor y : new Tensor[] {first, second, third}) {
                for (int i = 0; i < N; i++) {
                    session.floats(y).set(y.offset() + i, ON_THE_HOST);
                }
            }
            program.run();
            session.fetch(second);
            for (int i = 0; i < N; i++) {
                assertEquals(ON_THE_HOST, session.floats(first).get(first.offset() + i), "before it, element " + i);
                assertEquals(2f * i, session.floats(second).get(second.offset() + i), "element " + i);
                assertEquals(ON_THE_HOST, session.floats(third).get(third.offset() + i), "behind it, element " + i);
            }
            session.fetch(ArenaKind.OUTPUTS);
            assertEquals(2f, session.floats(third).get(third.offset() + 1));
        }
    }
}
