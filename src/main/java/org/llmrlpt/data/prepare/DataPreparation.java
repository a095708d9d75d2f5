package org.llmrlpt.data.prepare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntConsumer;
import org.llmrlpt.config.FileProblem;
import org.llmrlpt.config.UserError;
import org.llmrlpt.data.TokenDataset;
import org.llmrlpt.data.shards.DatasetIndex;
import org.llmrlpt.data.tokenizer.BpeTrainer;
import org.llmrlpt.data.tokenizer.Tokenizer;

/**
 * Turns documents into a folder of token shards (see {@link TokenDataset}): reads them as a stream,
 * encodes block by block, and gives the folder its name only when all of it is on the disk.
 */
public final class DataPreparation {
    /** From this many documents on, whole documents are held out for validation; with fewer, the end of the text. */
    public static final int MANY_DOCUMENTS = 100;
    private static final double DOCUMENT_SHARE = 0.05;
    private static final double TEXT_SHARE = 0.1;

    private final Tokenizer tokenizer;
    private final PreparationSettings settings;
    private final PreparationProgress progress;

    public DataPreparation(Tokenizer tokenizer, PreparationSettings settings, PreparationProgress progress) {
        this.tokenizer = tokenizer;
        this.settings = settings;
        this.progress = progress;
    }

    /**
     * Prepares a source and holds out a share of it: documents chosen by their hash when there are many, else the last
     * part of the text.
     *
     * @param source the documents
     * @param folder the folder to make; it must not exist, or be empty, or hold prepared data and be overwritten
     * @throws UserError when the source or the folder is not usable
     */
    public DatasetIndex prepare(DocumentSource source, Path folder) {
        PreparedFolder.check(folder, settings.overwrite());
        SplitRule rule = rule(source);
        return write(folder, source.totalBytes(), (builder, sink) -> {
            builder.rule(rule);
            source.read(sink);
        }, source::bytesRead);
    }

    /** Prepares two sources, one to learn from and one to hold out; see {@link #prepare(DocumentSource, Path)}. */
    public DatasetIndex prepare(DocumentSource train, DocumentSource validation, Path folder) {
        PreparedFolder.check(folder, settings.overwrite());
        return write(folder, train.totalBytes() + validation.totalBytes(), (builder, sink) -> {
            builder.rule(SplitRule.allTraining());
            train.read(sink);
            builder.rule(SplitRule.allValidation());
            validation.read(sink);
        }, () -> train.bytesRead() + validation.bytesRead());
    }

    @FunctionalInterface
    private interface Reading {
        void into(BlockBuilder builder, DocumentSink sink);
    }

    @FunctionalInterface
    private interface Position {
        long bytes();
    }

    private DatasetIndex write(Path folder, long totalBytes, Reading reading, Position position) {
        try (PreparedFolder target = new PreparedFolder(folder);
                SplitWriter train = splitWriter(target.path(), "train");
                SplitWriter validation = splitWriter(target.path(), "validation");
                EncodingPipeline pipeline = new EncodingPipeline(tokenizer, train, validation, settings.threads())) {
            BlockBuilder builder = new BlockBuilder(tokenizer::safeCut, SplitRule.allTraining(), block -> {
                pipeline.add(block);
                progress.at(position.bytes(), totalBytes, train.tokens() + validation.tokens());
            });
            reading.into(builder, new DocumentFilter(builder));
            builder.finish();
            pipeline.finish();
            if (train.tokens() == 0) {
                throw new UserError("There is no text to learn from in the input; give files that are not empty,"
                        + " or a smaller data.validation-fraction.");
            }
            tokenizer.save(target.path());
            DatasetIndex index = new DatasetIndex(tokenizer.vocabularySize(), tokenizer.endOfText(),
                    checksum(target.path().resolve("tokenizer.json")), train.finish(), validation.finish());
            index.write(target.path());
            target.publish();
            progress.at(position.bytes(), totalBytes, train.tokens() + validation.tokens());
            return index;
        }
    }

    private SplitWriter splitWriter(Path folder, String name) {
        return new SplitWriter(folder, name, tokenizer.vocabularySize(), tokenizer.endOfText(),
                settings.tokensPerShard());
    }

    private static int checksum(Path file) {
        try {
            return DatasetIndex.checksum(Files.readAllBytes(file));
        } catch (IOException e) {
            throw FileProblem.reading(file, e);
        }
    }

    /** Looks at the source once: until it has shown many documents, or to its end to learn how much text there is. */
    private SplitRule rule(DocumentSource source) {
        if (settings.validationFraction() == 0) {
            return SplitRule.allTraining();
        }
        boolean automatic = settings.validationFraction() == PreparationSettings.AUTOMATIC;
        Count count = new Count();
        source.read(new DocumentFilter(count));
        if (count.isFull()) {
            return SplitRule.documents(automatic ? DOCUMENT_SHARE : settings.validationFraction());
        }
        double share = automatic ? TEXT_SHARE : settings.validationFraction();
        return SplitRule.tail((long) (count.bytes * (1 - share)));
    }

    private static final class Count implements DocumentSink {
        private long documents;
        private long bytes;

        @Override
        public void text(byte[] text, int from, int to) {
            bytes += to - from;
        }

        @Override
        public void end() {
            documents++;
        }

        @Override
        public boolean isFull() {
            return documents >= MANY_DOCUMENTS;
        }
    }

    /**
     * Trains a byte-level BPE tokenizer on the beginning of a source.
     *
     * @param source the documents
     * @param vocabularySize V, the end-of-text token and the 256 bytes included
     * @param mostBytes how much text to look at
     * @param progress told the number of tokens as it grows
     */
    public static Tokenizer trainTokenizer(DocumentSource source, int vocabularySize, long mostBytes,
            IntConsumer progress) {
        BpeTrainer trainer = new BpeTrainer(vocabularySize, List.of(Tokenizer.END_OF_TEXT));
        BlockBuilder builder = new BlockBuilder(BpeTrainer::safeCut, SplitRule.allTraining(), block -> {
            for (Block.Piece piece : block.pieces()) {
                trainer.add(block.text(), piece.from(), piece.to());
            }
        });
        source.read(new DocumentFilter(new Limit(builder, mostBytes)));
        builder.finish();
        if (trainer.distinctPieces() == 0) {
            throw new UserError("There is no text to train a tokenizer on; give files that are not empty.");
        }
        return trainer.train(progress);
    }

    /** Lets so many bytes pass and then says it is full. */
    private static final class Limit implements DocumentSink {
        private final DocumentSink sink;
        private long left;

        Limit(DocumentSink sink, long bytes) {
            this.sink = sink;
            this.left = bytes;
        }

        @Override
        public void text(byte[] bytes, int from, int to) {
            int length = (int) Math.min(left, to - from);
            left -= length;
            sink.text(bytes, from, from + length);
        }

        @Override
        public void end() {
            sink.end();
        }

        @Override
        public boolean isFull() {
            return left <= 0;
        }
    }
}
