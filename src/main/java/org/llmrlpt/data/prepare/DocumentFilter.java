package org.llmrlpt.data.prepare;

import it.unimi.dsi.fastutil.bytes.ByteArrayList;

/** Leaves out documents that are empty or nothing but ASCII white space; all others pass unchanged. */
final class DocumentFilter implements DocumentSink {
    /** More white space than this counts as text, so that it need not be held. */
    private static final int MOST_HELD = 1 << 20;

    private final DocumentSink sink;
    private final ByteArrayList held = new ByteArrayList();
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
                held.addElements(held.size(), bytes, from, to - from);
                return;
            }
            passing = true;
            sink.text(held.elements(), 0, held.size());
            held.clear();
        }
        sink.text(bytes, from, to);
    }

    @Override
    public void end() {
        if (passing) {
            sink.end();
        }
        passing = false;
        held.clear();
    }

    @Override
    public boolean isFull() {
        return sink.isFull();
    }
}
