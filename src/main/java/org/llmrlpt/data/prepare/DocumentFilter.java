package org.llmrlpt.data.prepare;

import java.io.ByteArrayOutputStream;

/** Leaves out documents that are empty or nothing but ASCII white space; all others pass unchanged. */
final class DocumentFilter implements DocumentSink {
    /** More white space than this counts as text, so that it need not be held. */
    private static final int MOST_HELD = 1 << 20;

    private final DocumentSink sink;
    private final ByteArrayOutputStream held = new ByteArrayOutputStream();
    private boolean passing;

    DocumentFilter(DocumentSink sink) {
        this.sink = sink;
    }

    @Override
    public void text(byte[] bytes, int from, int to) {
        if (!passing) {
            int i = from;
            while (i < to && (bytes[i] == ' ' || bytes[i] >= '\t' && bytes[i] <= '\r')) {
                i++;
            }
            if (i == to && held.size() + to - from <= MOST_HELD) {
                held.write(bytes, from, to - from);
                return;
            }
            passing = true;
            sink.text(held.toByteArray(), 0, held.size());
            held.reset();
        }
        sink.text(bytes, from, to);
    }

    @Override
    public void end() {
        if (passing) {
            sink.end();
        }
        passing = false;
        held.reset();
    }

    @Override
    public boolean isFull() {
        return sink.isFull();
    }
}
