package org.llmrlpt.data.prepare;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.llmrlpt.data.shards.DatasetIndex;
import org.llmrlpt.data.shards.ShardWriter;

/** Writes one split as shards of limited size, beginning with an end-of-text token. */
final class SplitWriter implements AutoCloseable {
    private final Path folder;
    private final String name;
    private final int vocabularySize;
    private final int endOfText;
    private final long tokensPerShard;
    private final List<DatasetIndex.Entry> entries = new ArrayList<>();
    private ShardWriter writer;
    private String file;
    private long documents;
    private long bytes;
    private long tokens;

    SplitWriter(Path folder, String name, int vocabularySize, int endOfText, long tokensPerShard) {
        this.folder = folder;
        this.name = name;
        this.vocabularySize = vocabularySize;
        this.endOfText = endOfText;
        this.tokensPerShard = tokensPerShard;
    }

    /** Appends ids[0..length), the tokens of so many documents' ends and text bytes. */
    void add(int[] ids, int length, long moreDocuments, long moreBytes) {
        if (tokens == 0 && length > 0 && endOfText >= 0) {
            append(new int[] {endOfText}, 1);
        }
        append(ids, length);
        documents += moreDocuments;
        bytes += moreBytes;
    }

    private void append(int[] ids, int length) {
        int from = 0;
        while (from < length) {
            if (writer == null) {
                file = String.format(Locale.ROOT, "%s-%05d.tokens", name, entries.size());
                writer = new ShardWriter(folder.resolve(file), vocabularySize);
            }
            int part = (int) Math.min(length - from, tokensPerShard - writer.count());
            writer.add(ids, from, from + part);
            from += part;
            tokens += part;
            if (writer.count() == tokensPerShard) {
                finishShard();
            }
        }
    }

    private void finishShard() {
        entries.add(new DatasetIndex.Entry(file, writer.count(), writer.finish()));
        writer.close();
        writer = null;
    }

    long tokens() {
        return tokens;
    }

    DatasetIndex.Split finish() {
        if (writer != null) {
            finishShard();
        }
        return new DatasetIndex.Split(documents, bytes, List.copyOf(entries));
    }

    @Override
    public void close() {
        if (writer != null) {
            writer.close();
        }
    }
}
