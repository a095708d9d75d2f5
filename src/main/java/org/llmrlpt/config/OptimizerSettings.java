package org.llmrlpt.config;

/** AdamW, clipping and the schedule of the learning rate. */
public record OptimizerSettings(
    @Key(value = "optimizer.lr", or = "1e-3", min = 0, max = 10,
        help = "largest learning rate (paper: 3e-4)") double lr,
    @Key(value = "optimizer.min-lr", min = 0, max = 10, help = "rate at the end of the decay; default: lr/10")
    Double minLr,
    @Key(value = "optimizer.weight-decay", or = "0.1", min = 0, max = 10,
        help = "decoupled decay of matrices; norms do not decay (paper: 0.1)") double weightDecay,
    @Key(value = "optimizer.clip", or = "1.0", min = 0,
        help = "largest global gradient norm; 0: no clipping (paper: 1)")
    double clip,
    @Key(value = "optimizer.beta1", or = "0.9", min = 0, max = 0.999999, help = "decay of AdamW's first moment")
    double beta1,
    @Key(value = "optimizer.beta2", or = "0.95", min = 0, max = 0.999999, help = "decay of AdamW's second moment")
    double beta2,
    @Key(value = "optimizer.eps", or = "1e-8", min = 1e-30, max = 1, help = "AdamW's epsilon") double eps,
    @Key(value = "schedule", or = "wsd",
        help = "wsd (warmup-stable-decay, as in the paper), cosine, linear or constant")
    Kind schedule,
    @Key(value = "schedule.warmup", min = 0, help = "warm-up steps; default: steps/20, at most 2000 (paper: 2000)")
    Long warmup,
    @Key(value = "schedule.decay", min = 0, help = "decay steps of wsd; default: steps/5") Long decay,
    @Key(value = "schedule.decay-shape", or = "linear", help = "form of wsd's decay: linear, cosine, sqrt or exp")
    DecayShape decayShape) {

    public OptimizerSettings {
        if (clip > 0 && (float) clip == 0) {
            throw new UserError("setting 'optimizer.clip' is " + clip + ", which a float cannot hold: 0 is for no"
                + " clipping");
        }
        if (minLr != null && minLr > lr) {
            throw new UserError("setting 'optimizer.min-lr' is " + minLr + " but may not be above 'optimizer.lr', "
                + lr);
        }
        if (schedule == Kind.WSD && decayShape == DecayShape.EXP && (lr == 0 || minLr != null && minLr == 0)) {
            throw new UserError("setting 'schedule.decay-shape' is exp, which never reaches a rate of 0: set "
                + (lr == 0 ? "'optimizer.lr'" : "'optimizer.min-lr'") + " above 0, or choose another shape");
        }
    }

    /** Forms of the learning rate over the run. */
    public enum Kind { WSD, COSINE, LINEAR, CONSTANT }

    /** The form of the decay, with u running over (0, 1]. */
    public enum DecayShape {
        /** max + (min - max) u. */
        LINEAR,
        /** min + (max - min)(1 + cos(pi u))/2. */
        COSINE,
        /** min + (max - min)(1 - sqrt(u)). */
        SQRT,
        /** max (min/max)^u. */
        EXP
    }
}
