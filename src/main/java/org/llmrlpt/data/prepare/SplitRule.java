package org.llmrlpt.data.prepare;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What goes to validation: the whole source or nothing of it, a share of the documents, or all text from some byte on.
 *
 * @param share the share of documents; a document's place depends on its first {@link #HEAD_BYTES} bytes only
 * @param cut the number of text bytes before the first that is held out, {@link #NO_CUT} for none
 */
record SplitRule(double share, long cut) {
    static final int HEAD_BYTES = 4096;
    static final long NO_CUT = Long.MAX_VALUE;

    static SplitRule allTraining() {
        return new SplitRule(0, NO_CUT);
    }

    static SplitRule allValidation() {
        return new SplitRule(1, NO_CUT);
    }

    static SplitRule documents(double share) {
        return new SplitRule(share, NO_CUT);
    }

    static SplitRule tail(long cut) {
        return new SplitRule(0, cut);
    }

    /** Whether a document that begins with head[0..length) is held out. */
    boolean isValidation(byte[] head, int length) {
        if (share <= 0 || share >= 1) {
            return share >= 1;
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(head, 0, length);
            return (ByteBuffer.wrap(digest.digest()).getLong() >>> 11) * 0x1p-53 < share;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
