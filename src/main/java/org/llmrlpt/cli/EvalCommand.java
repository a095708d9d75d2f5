package org.llmrlpt.cli;

import java.io.IOException;
import org.llmrlpt.config.EvalSettings;
import org.llmrlpt.config.UserError;

/** {@code eval}: what a checkpoint is worth on a text, or on the problems of a task. */
final class EvalCommand implements Command<EvalSettings> {
    @Override
    public String name() {
        return "eval";
    }

    @Override
    public String summary() {
        return "measures a trained model on a text or on problems with answers";
    }

    @Override
    public Class<EvalSettings> settings() {
        return EvalSettings.class;
    }

    @Override
    public int run(EvalSettings s, Console console) throws IOException {
        if (s.checkReferences()) {
            ReferenceReport.run(s, console);
            return 0;
        }
        if (s.task().name() == null && s.data() == null) {
            throw new UserError("there is nothing to measure on: name a text with data=FILE or problems with "
                + "task=NAME");
        }
        if (s.checkpoint() == null) {
            throw new UserError("setting 'checkpoint' is missing: name the model to measure with checkpoint=FOLDER,"
                + " such as a run of pretrain");
        }
        if (s.task().name() != null) {
            TaskReport.run(s, console);
        } else {
            TextEvaluation.run(s, console);
        }
        return 0;
    }
}
