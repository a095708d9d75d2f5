package org.llmrlpt.config;

/**
 * The shape of a dense decoder: everything that decides its parameters and its arithmetic, and nothing else.
 *
 * @param layers      transformer blocks
 * @param width       C, the width of the residual stream
 * @param heads       H, query heads
 * @param kvHeads     key and value heads, a divisor of {@code heads}
 * @param headWidth   D, an even number (RoPE rotates pairs); heads × headWidth need not equal width
 * @param ffn         inner width of the SwiGLU feed-forward
 * @param vocabulary  V
 * @param tied        the output weights are the embedding
 * @param qkNorm      RMSNorm over each query and key head (Qwen3: yes, Llama: no)
 * @param ropeBase    RoPE's base frequency
 * @param normEps     epsilon of every RMSNorm
 * @param maxLength   positions the model is meant for
 */
public record ModelShape(int layers, int width, int heads, int kvHeads, int headWidth, int ffn, int vocabulary,
                         boolean tied, boolean qkNorm, double ropeBase, double normEps, int maxLength) {

    /** Refuses an impossible shape with a {@link UserError} that names the key. */
    public ModelShape {
        positive("model.layers", layers);
        positive("model.width", width);
        positive("model.heads", heads);
        positive("model.kv-heads", kvHeads);
        positive("model.head-width", headWidth);
        positive("model.ffn", ffn);
        positive("model.vocabulary", vocabulary);
        positive("model.max-length", maxLength);
        if (heads % kvHeads != 0) {
            throw new UserError("model.kv-heads is " + kvHeads + " but must divide model.heads, which is " + heads
                + ".");
        }
        if (headWidth % 2 != 0) {
            throw new UserError("model.head-width is " + headWidth
                + " but must be even, because RoPE rotates pairs of numbers.");
        }
        if ((long) heads * headWidth > Integer.MAX_VALUE) {
            throw new UserError("model.heads × model.head-width is " + (long) heads * headWidth
                + ", which is more than a row can hold; make one of them smaller.");
        }
        if (!(ropeBase > 0) || Double.isInfinite(ropeBase)) {
            throw new UserError("model.rope-base is " + ropeBase + " but must be a positive number, usually 10000.");
        }
        if (!(normEps > 0) || Double.isInfinite(normEps)) {
            throw new UserError("model.norm-eps is " + normEps + " but must be a positive number, usually 1e-6.");
        }
    }

    /** Width of all query heads together, H × D. */
    public int queryWidth() {
        return heads * headWidth;
    }

    /** Width of all key heads, and of all value heads, together. */
    public int kvWidth() {
        return kvHeads * headWidth;
    }

    /** How many numbers the model learns. */
    public long parameters() {
        long attention = 2L * width * queryWidth() + 2L * width * kvWidth() + (qkNorm ? 2L * headWidth : 0);
        long block = attention + 3L * width * ffn + 2L * width;
        return layers * block + width + (long) vocabulary * width * (tied ? 1 : 2);
    }

    private static void positive(String key, int value) {
        if (value <= 0) {
            throw new UserError(key + " is " + value + " but must be a positive whole number.");
        }
    }
}
