package org.llmrlpt.cli;

import org.llmrlpt.data.prepare.PreparationProgress;

/** Shows how far the preparation of data is, from the first report on. */
final class PreparationView implements PreparationProgress, AutoCloseable {
    private final Console console;
    private ProgressBar bar;
    private long tokens;

    PreparationView(Console console) {
        this.console = console;
    }

    @Override
    public void at(long bytesDone, long bytesTotal, long tokensWritten) {
        if (bar == null) {
            bar = console.progress("prepare data", "bytes", 0, bytesTotal);
        }
        tokens = tokensWritten;
        bar.update(bytesDone, ProgressBar.count(tokens) + " tokens");
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
