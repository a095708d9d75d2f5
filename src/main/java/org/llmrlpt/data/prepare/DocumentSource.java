package org.llmrlpt.data.prepare;

import java.nio.charset.StandardCharsets;

/** Documents that can be read from the beginning any number of times. */
public interface DocumentSource {
    /** Sends all documents to the sink, or until it is full. */
    void read(DocumentSink sink);

    /** The size of the source in bytes as stored (compressed ones compressed), 0 when unknown. */
    long totalBytes();

    /** How many of {@link #totalBytes} the current reading has passed. */
    long bytesRead();

    /** Documents held in memory or made as they are asked for. */
    static DocumentSource of(Iterable<String> documents) {
        return new DocumentSource() {
            private long bytes;

            @Override
            public void read(DocumentSink sink) {
                bytes = 0;
                for (String document : documents) {
                    if (sink.isFull()) {
                        return;
                    }
                    byte[] text = document.getBytes(StandardCharsets.UTF_8);
                    bytes += text.length;
                    sink.text(text, 0, text.length);
                    sink.end();
                }
            }

            @Override
            public long totalBytes() {
                return 0;
            }

            @Override
            public long bytesRead() {
                return bytes;
            }
        };
    }
}
