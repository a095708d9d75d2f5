package org.llmrlpt.config;

/** What {@code report} writes. */
public record ReportSettings(
    @Key(value = "run", help = "folder of the run or study, finished or not") String run,
    @Key(value = "output", help = "the HTML file; default: report.html in the run's folder") String output) {
}
