package org.llmrlpt.data.prepare;

import java.util.List;

/**
 * About a megabyte of text to encode at one go: pieces of documents whose ids do not depend on what is around them.
 *
 * @param text the bytes
 * @param pieces where they are in it, in order
 */
record Block(byte[] text, List<Piece> pieces) {
    /** text[from..to), for training or validation, with the end of its document or without. */
    record Piece(int from, int to, boolean validation, boolean endsDocument) {
    }
}
