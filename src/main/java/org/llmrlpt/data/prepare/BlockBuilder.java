package org.llmrlpt.data.prepare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.llmrlpt.config.UserError;

/** Gathers documents into blocks, cutting long ones only where their ids stay those of the whole. */
final class BlockBuilder implements DocumentSink {
    private static final int BLOCK_BYTES = 1 << 20;
    private static final int MOST_BYTES = 1 << 28;

    private final SafeCut safeCut;
    private final Consumer<Block> consumer;
    private SplitRule rule;
    private byte[] text = new byte[BLOCK_BYTES * 2];
    private int size;
    private List<Block.Piece> pieces = new ArrayList<>();
    private int fullAt = BLOCK_BYTES;

    /** Where the current piece begins, and how much of its document came before this piece. */
    private int pieceStart;
    private long earlierBytes;
    /** Where the current document goes, once enough of it is there to say so. */
    private Boolean validation;
    /** Text bytes taken in all, and whether they have passed the rule's cut. */
    private long passed;
    private boolean beyondCut;

    /** See {@link org.llmrlpt.data.tokenizer.Tokenizer#safeCut}. */
    @FunctionalInterface
    interface SafeCut {
        int in(byte[] text, int from, int to);
    }

    BlockBuilder(SafeCut safeCut, SplitRule rule, Consumer<Block> consumer) {
        this.safeCut = safeCut;
        this.rule = rule;
        this.consumer = consumer;
    }

    /** Changes the rule between documents. */
    void rule(SplitRule next) {
        rule = next;
        passed = 0;
        beyondCut = false;
    }

    @Override
    public void text(byte[] bytes, int from, int to) {
        if (beyondCut || passed + to - from <= rule.cut()) {
            append(bytes, from, to);
            return;
        }
        int cut = from + (int) Math.max(0, rule.cut() - passed);
        while (cut < to && (bytes[cut] & 0xC0) == 0x80) {
            cut++;
        }
        append(bytes, from, cut);
        if (cut < to) {
            // Each part of the document that is cut in two is a document of its own.
            end();
            beyondCut = true;
            append(bytes, cut, to);
        }
    }

    private void append(byte[] bytes, int from, int to) {
        int length = to - from;
        if (text.length < size + length) {
            text = Arrays.copyOf(text, Math.max(size + length, text.length * 2));
        }
        System.arraycopy(bytes, from, text, size, length);
        size += length;
        passed += length;
        if (validation == null && size - pieceStart >= SplitRule.HEAD_BYTES) {
            decide();
        }
        if (size >= fullAt) {
            emitFull();
        }
    }

    private void decide() {
        int head = Math.min(size - pieceStart, SplitRule.HEAD_BYTES);
        boolean heldOut = beyondCut;
        if (!heldOut) {
            heldOut = rule.isValidation(Arrays.copyOfRange(text, pieceStart, pieceStart + head), head);
        }
        validation = heldOut;
    }

    @Override
    public void end() {
        if (size > pieceStart || earlierBytes > 0) {
            if (validation == null) {
                decide();
            }
            pieces.add(new Block.Piece(pieceStart, size, validation, true));
        }
        pieceStart = size;
        earlierBytes = 0;
        validation = null;
        if (size >= fullAt) {
            emitFull();
        }
    }

    /** Sends on what is left. */
    void finish() {
        emit(size);
    }

    private void emitFull() {
        int cut = validation == null || size == pieceStart ? -1 : safeCut.in(text, pieceStart, size);
        if (cut > pieceStart) {
            pieces.add(new Block.Piece(pieceStart, cut, validation, false));
            earlierBytes += cut - pieceStart;
            pieceStart = cut;
        }
        if (pieceStart > 0) {
            emit(pieceStart);
            return;
        }
        // No place to cut yet: wait for twice as much before looking again.
        if (size > MOST_BYTES) {
            throw new UserError("A document has " + size + " bytes without a place to cut it, so it is hardly text;"
                    + " leave it out or give a separator.");
        }
        fullAt = size * 2;
    }

    private void emit(int end) {
        if (!pieces.isEmpty()) {
            consumer.accept(new Block(Arrays.copyOf(text, end), pieces));
            pieces = new ArrayList<>();
        }
        System.arraycopy(text, end, text, 0, size - end);
        size -= end;
        pieceStart -= end;
        fullAt = BLOCK_BYTES;
    }
}
