package org.llmrlpt.train;

import org.llmrlpt.config.UserError;

/** How the weights of a run begin, before its first step. */
@FunctionalInterface
public interface Beginning {
    /**
     * Fills the host memory of a session that has started.
     *
     * @param seed of the run
     * @return updates that the optimizer's moments have seen already
     */
    long prepare(Trainee trainee, long seed);

    /** Weights drawn at random, moments at zero. */
    static Beginning random() {
        return (trainee, seed) -> {
            trainee.model().parameters().initialise(trainee.session(), seed, trainee.model().shape().layers());
            return 0;
        };
    }

    /**
     * The weights of a checkpoint.
     *
     * @param moments whether the optimizer goes on with the checkpoint's moments; else it begins with none
     * @throws UserError from {@link #prepare}, if the checkpoint has no moments
     */
    static Beginning of(SavedModel saved, boolean moments) {
        return (trainee, seed) -> {
            if (!moments) {
                saved.read(trainee.session(), trainee.model());
                return 0;
            }
            if (!Checkpoint.hasTrainer(saved.folder())) {
                throw new UserError("the checkpoint " + saved.folder()
                    + " has no optimizer state: set optimizer.state=fresh");
            }
            return Checkpoint.read(saved.folder(), trainee).updates();
        };
    }
}
