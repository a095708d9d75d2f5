package org.llmrlpt.optim;

import org.llmrlpt.config.OptimizerSettings;
import org.llmrlpt.device.ArenaKind;
import org.llmrlpt.device.Program;
import org.llmrlpt.device.ProgramBuilder;
import org.llmrlpt.device.Session;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.nn.Parameters;

/**
 * AdamW with decoupled decay for matrices only, after clipping by the global norm: one program, run once per step.
 * Gradients that add up over several runs are zero again when it has run.
 */
public final class AdamW {
    /** The optimizer's constants; {@code clip} 0 means no clipping. */
    public record Constants(float beta1, float beta2, float eps, float weightDecay, float clip) {
        public static Constants of(OptimizerSettings o) {
            return new Constants((float) o.beta1(), (float) o.beta2(), (float) o.eps(), (float) o.weightDecay(),
                (float) o.clip());
        }
    }

    private final Constants constants;
    private final Session session;
    private final Tensor moment1;
    private final Tensor moment2;
    private final Tensor step;
    private final Tensor norm;
    private final Program program;
    private long before;

    public AdamW(Session session, Kernels kernels, Parameters parameters, Constants constants) {
        this.constants = constants;
        this.session = session;
        int n = parameters.layout().elements();
        moment1 = session.persistent(ArenaKind.MOMENT1, "moment1", 1, n);
        moment2 = session.persistent(ArenaKind.MOMENT2, "moment2", 1, n);
        ProgramBuilder p = session.program("update");
        step = p.scalarInput("step", 3);
        norm = p.output("gradient_norm", 1, 2);
        kernels.gradientNorm(p, parameters.gradients(), constants.clip(), norm);
        kernels.adamW(p, parameters.weights(), parameters.gradients(), moment1, moment2, norm, step,
            parameters.layout().decayed(), constants.beta1(), constants.beta2(), constants.eps(),
            constants.weightDecay());
        if (parameters.kept() == Parameters.Gradients.OF_SEVERAL_RUNS) {
            kernels.zero(p, parameters.gradients());
        }
        program = p.build();
    }

    /** The moments have seen so many updates before the first one that is counted here. */
    public void continueAfter(long updates) {
        before = updates;
    }

    /** Updates all weights. {@code number} counts from 1, for the bias corrections. */
    public void run(long number, double learningRate) {
        long all = before + number;
        program.set(step, (float) learningRate, (float) (1 - Math.pow(constants.beta1(), all)),
            (float) (1 - Math.pow(constants.beta2(), all)));
        program.run();
    }

    /** Norm of the last step's gradient before clipping; fetched from the device. */
    public float gradientNorm() {
        session.fetch(norm);
        return session.floats(norm).get(norm.offset());
    }

    /** First moments, [1, elements]. */
    public Tensor moment1() {
        return moment1;
    }

    /** Second moments, [1, elements]. */
    public Tensor moment2() {
        return moment2;
    }
}
