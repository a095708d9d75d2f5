package org.llmrlpt.data.prepare;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.ArrayDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.llmrlpt.data.tokenizer.Tokenizer;

/**
 * Encodes blocks on several threads and writes their tokens in the order the blocks came, so that the result does not
 * depend on the threads. A few blocks per thread are in flight, no more.
 */
final class EncodingPipeline implements AutoCloseable {
    private final Tokenizer tokenizer;
    private final SplitWriter train;
    private final SplitWriter validation;
    private final int mostInFlight;
    private final ExecutorService threads;
    private final ArrayDeque<Future<Encoded>> inFlight = new ArrayDeque<>();

    /** The tokens of one split's part of a block. */
    private static final class Part {
        final IntArrayList ids = new IntArrayList();
        long documents;
        long bytes;

        void writeTo(SplitWriter writer) {
            writer.add(ids.elements(), ids.size(), documents, bytes);
        }
    }

    private record Encoded(Part train, Part validation) {
    }

    EncodingPipeline(Tokenizer tokenizer, SplitWriter train, SplitWriter validation, int threadCount) {
        this.tokenizer = tokenizer;
        this.train = train;
        this.validation = validation;
        this.mostInFlight = threadCount * 3;
        this.threads = Executors.newFixedThreadPool(threadCount,
                Thread.ofPlatform().daemon().name("encode-", 0).factory());
    }

    void add(Block block) {
        inFlight.add(threads.submit(() -> encode(block)));
        if (inFlight.size() >= mostInFlight) {
            writeNext();
        }
    }

    void finish() {
        while (!inFlight.isEmpty()) {
            writeNext();
        }
    }

    private void writeNext() {
        try {
            Encoded encoded = inFlight.remove().get();
            encoded.train.writeTo(train);
            encoded.validation.writeTo(validation);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while encoding", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private Encoded encode(Block block) {
        Encoded encoded = new Encoded(new Part(), new Part());
        for (Block.Piece piece : block.pieces()) {
            Part part = piece.validation() ? encoded.validation : encoded.train;
            tokenizer.encode(block.text(), piece.from(), piece.to(), false, part.ids);
            part.bytes += piece.to() - piece.from();
            if (piece.endsDocument()) {
                part.documents++;
                if (tokenizer.endOfText() >= 0) {
                    part.ids.add(tokenizer.endOfText());
                }
            }
        }
        return encoded;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
