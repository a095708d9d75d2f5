package org.llmrlpt.cli;

import java.util.OptionalDouble;
import org.llmrlpt.study.Arm;
import org.llmrlpt.study.StageKind;
import org.llmrlpt.study.StudyListener;

/** Shows a study: a progress bar for each stage, which leaves a line with the time that the whole still takes. */
final class StudyView implements StudyListener, AutoCloseable {
    private final Console console;
    private String stage;
    private ProgressBar bar;
    private long total;
    private String left = "";
    private String note = "";

    StudyView(Console console) {
        this.console = console;
    }

    @Override
    public void begins(Arm arm, StageKind kind, int number, int of) {
        stage = number + "/" + of + " " + arm + ", " + kind.folder();
    }

    @Override
    public void planned(String unit, long done, long all) {
        total = all;
        note = "";
        bar = console.progress(stage, unit, done, all);
    }

    @Override
    public void at(long done, String newNote) {
        note = newNote;
        bar.update(done, note(left));
    }

    private String note(String whole) {
        return note.isEmpty() ? whole : whole.isEmpty() ? note : note + ", " + whole;
    }

    @Override
    public void finished(OptionalDouble secondsLeft) {
        left = secondsLeft.isEmpty() || secondsLeft.getAsDouble() == 0 ? ""
            : "the study has " + ProgressBar.duration(Math.round(secondsLeft.getAsDouble())) + " left";
        bar.update(total, note(left));
        close();
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
