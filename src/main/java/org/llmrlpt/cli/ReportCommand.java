package org.llmrlpt.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.llmrlpt.config.ReportSettings;
import org.llmrlpt.config.UserError;
import org.llmrlpt.files.RunFolder;
import org.llmrlpt.report.RunReport;
import org.llmrlpt.study.StudyPlan;
import org.llmrlpt.study.StudyReport;

/** {@code report}: the page of a run or a study. */
final class ReportCommand implements Command<ReportSettings> {
    @Override
    public String name() {
        return "report";
    }

    @Override
    public String summary() {
        return "makes an HTML page of a run's or a study's curves, figures and settings";
    }

    @Override
    public Class<ReportSettings> settings() {
        return ReportSettings.class;
    }

    @Override
    public int run(ReportSettings s, Console console) {
        if (s.run() == null) {
            throw new UserError("setting 'run' is missing: name the folder of a run or a study with run=FOLDER");
        }
        Path run = Path.of(s.run());
        Path file = s.output() == null ? run.resolve(RunFolder.REPORT) : Path.of(s.output());
        if (Files.exists(file) && !file.getFileName().toString().endsWith(".html")) {
            throw new UserError("there is a file " + file + " that is no page: choose another name with output=, such"
                + " as report.html");
        }
        if (StudyPlan.isAt(run)) {
            StudyReport.write(run, file);
        } else {
            RunReport.write(run, file);
        }
        console.line("wrote " + file);
        return 0;
    }
}
