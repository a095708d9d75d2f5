package org.llmrlpt.train;

import org.llmrlpt.config.UserError;
import org.llmrlpt.files.RunFolder;

/** Stops a run at the first number that shows that training has failed, before a checkpoint is made of it. */
public record FiniteCheck(RunFolder run, boolean on) {
    /**
     * Checks a number of step {@code step}, counted from 1.
     *
     * @throws UserError if it is NaN or infinite
     */
    public void require(String what, double value, long step) {
        if (on && !Double.isFinite(value)) {
            throw new UserError("the " + what + " of step " + step + " is not a finite number (" + value + "): "
                + (run.checkpoints().list().isEmpty() ? "" : "the checkpoints in " + run.path() + " are intact; ")
                + "lower optimizer.lr, or set check-finite=false to go on regardless");
        }
    }
}
