package org.llmrlpt.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.llmrlpt.kernels.Closeness.assertClose;

import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.llmrlpt.autograd.Tape;
import org.llmrlpt.device.ArenaKind;
import org.llmrlpt.device.Program;
import org.llmrlpt.device.ProgramBuilder;
import org.llmrlpt.device.Session;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.Golden;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.SeenKeys;
import org.llmrlpt.kernels.TestedKernels;
import org.llmrlpt.kernels.cpu.CpuKernels;
import org.llmrlpt.kernels.gpu.GpuKernels;
import org.llmrlpt.nn.TokenInputs;
import org.llmrlpt.nn.Transformer;

/** Checkpoints of others open here with the same logits. These come from the project whatever golden.dir is. */
class GoldenCheckpointTest {
    private static final Path RESOURCES = Path.of("src/test/resources");

    private static Kernels kernels() {
        return TestedKernels.isFallback() ? new CpuKernels() : new GpuKernels();
    }

    @ParameterizedTest
    @CsvSource({"qwen3_gqa_tied", "qwen3_gqa_untied"})
    void aHuggingFaceCheckpointGivesItsLogits(String name) {
        Path folder = RESOURCES.resolve("golden/tiny_qwen3").resolve(name);
        for (Golden golden : Golden.read(folder.resolve("expected.json"))) {
            int[] shape = golden.shape("tokens");
            float[] logits = logits(folder, shape[0], shape[1], golden.ints("tokens"));
            assertClose(name, golden.expected("logits"), logits);
        }
    }

    @Test
    void aLlamaCheckpointInBfloat16Opens() {
        assertFalse(SavedModel.open(RESOURCES.resolve("tiny_llama_hf").toString()).shape().qkNorm());
        float[] logits = logits(RESOURCES.resolve("tiny_llama_hf"), 1, 4, new int[] {1, 2, 3, 4});
        assertEquals(4 * 16, logits.length);
        for (float logit : logits) {
            assertTrue(Float.isFinite(logit) && logit != 0, Arrays.toString(logits));
        }
    }

    private static float[] logits(Path folder, int rows, int length, int[] tokens) {
        SavedModel saved = SavedModel.open(folder.toString());
        Kernels kernels = kernels();
        try (Session session = new Session()) {
            Transformer model = saved.reserve(session, length);
            ProgramBuilder p = session.program("logits");
            TokenInputs inputs = TokenInputs.of(p, rows * length);
            Tensor h = model.forward(new Tape(kernels, p, false), inputs, length);
            Tensor logits = p.output("logits", rows * length, saved.shape().vocabulary());
            kernels.linear(p, h, model.outputWeights().weight(), logits);
            Program program = p.build();
            session.start();
            saved.load(session, model);
            int[] positions = new int[rows * length];
            Arrays.setAll(positions, i -> i % length);
            inputs.set(program, tokens, positions, SeenKeys.from(new int[rows * length]));
            program.run();
            session.fetch(ArenaKind.OUTPUTS);
            return session.segment(logits).toArray(ValueLayout.JAVA_FLOAT);
        }
    }
}
