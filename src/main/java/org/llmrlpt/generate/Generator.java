package org.llmrlpt.generate;

import java.util.Arrays;
import java.util.function.BooleanSupplier;
import org.llmrlpt.autograd.Tape;
import org.llmrlpt.device.ArenaKind;
import org.llmrlpt.device.Program;
import org.llmrlpt.device.ProgramBuilder;
import org.llmrlpt.device.Session;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.nn.TokenInputs;
import org.llmrlpt.nn.Transformer;
import org.llmrlpt.random.RandomStream;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Continues a prompt, token by token. Simplification: each token is a forward pass over the whole text so far, padded
 * to the program's length; there is no key/value cache.
 */
public final class Generator {
    private final Session session;
    private final int length;
    private final TokenInputs inputs;
    private final Tensor last;
    private final Tensor inverseTemperature;
    private final Tensor probabilities;
    private final Program program;

    /** Records the program for one text of at most {@code length} tokens, prompt included. */
    public Generator(Session session, Kernels kernels, Transformer model, int length) {
        this.session = session;
        this.length = length;
        ProgramBuilder p = session.program("generate");
        inputs = TokenInputs.of(p, length);
        last = p.integerInput("last", 1);
        inverseTemperature = p.scalarInput("inverse_temperature", 1);
        Tensor h = model.forward(new Tape(kernels, p, false), inputs, length);
        Tensor newest = p.activation("newest", 1, h.columns());
        kernels.gatherRows(p, h, last, newest);
        Tensor logits = p.activation("logits", 1, model.shape().vocabulary());
        kernels.linear(p, newest, model.outputWeights().weight(), logits);
        probabilities = p.output("probabilities", 1, model.shape().vocabulary());
        kernels.softmax(p, logits, inverseTemperature, probabilities);
        program = p.build();
    }

    /**
     * Continues {@code prompt} (at least one token) until {@code endOfText} (which is not part of the result), until
     * {@code newTokens} are there, until the program's length is full, or until {@code stop} says so.
     *
     * @param allowed size of the tokenizer: larger ids, padding of the vocabulary, are never drawn
     * @return the new tokens
     */
    public int[] run(int[] prompt, int newTokens, int endOfText, int allowed, Sampling sampling, RandomStream random,
        BooleanSupplier stop) {
        int[] text = Arrays.copyOf(prompt, length);
        int[] positions = new int[length];
        Arrays.setAll(positions, i -> i);
        int[] starts = new int[length];
        float[] distribution = new float[probabilities.columns()];
        int n = prompt.length;
        int end = Math.min(length, prompt.length + newTokens);
        while (n < end && !stop.getAsBoolean()) {
            inputs.set(program, text, positions, starts);
            program.set(last, new int[] {n - 1});
            program.set(inverseTemperature, sampling.inverseTemperature());
            program.run();
            session.fetch(ArenaKind.OUTPUTS);
            FloatArray values = session.floats(probabilities);
            for (int i = 0; i < distribution.length; i++) {
                distribution[i] = values.get(probabilities.offset() + i);
            }
            int token = sampling.draw(distribution, allowed, random);
            if (token == endOfText) {
                break;
            }
            text[n++] = token;
        }
        return Arrays.copyOfRange(text, prompt.length, n);
    }
}
