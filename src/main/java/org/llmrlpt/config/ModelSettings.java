package org.llmrlpt.config;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The model: a file's values with single ones overridden. See {@link #shape}.
 */
public record ModelSettings(
    @Key(value = "model", or = "models/tiny.json", help = "model file, or the name of one that comes with the program")
    String file,
    @Key(value = "model.layers", min = 1, max = 1000, help = "number of layers") Integer layers,
    @Key(value = "model.width", min = 1, max = 1 << 20, help = "C, width of the residual stream") Integer width,
    @Key(value = "model.heads", min = 1, max = 4096, help = "H, query heads") Integer heads,
    @Key(value = "model.kv-heads", min = 1, max = 4096, help = "G, key/value heads; divides heads") Integer kvHeads,
    @Key(value = "model.head-width", min = 2, max = 1024, help = "D, width of a head; even") Integer headWidth,
    @Key(value = "model.ffn", min = 1, max = 1 << 20, help = "F, width of the feed-forward layer") Integer ffn,
    @Key(value = "model.vocabulary", min = 2, max = 1 << 24, help = "V; at least the tokenizer's, which is the default")
    Integer vocabulary,
    @Key(value = "model.tied", or = "true", help = "use the embedding as output projection") boolean tied,
    @Key(value = "model.qk-norm", or = "true", help = "RMSNorm of queries and keys (Qwen3); false: Llama")
    boolean qkNorm,
    @Key(value = "model.rope-base", or = "10000", min = 1, help = "base of the rotary angles") double ropeBase,
    @Key(value = "model.norm-eps", or = "1e-6", min = 0, max = 1, help = "epsilon of the RMSNorms") double normEps,
    @Key(value = "model.max-length", min = 1, max = 1 << 20, help = "longest sequence the checkpoint promises; "
        + "default: the training length") Integer maxLength,
    @Key(value = "model.experts", or = "0", min = 0, help = "experts of a mixture-of-experts layer (not built yet)")
    int experts,
    @Key(value = "model.active-experts", or = "0", min = 0, help = "experts that each token uses (not built yet)")
    int activeExperts) {

    /** The vocabulary where there is no tokenizer: the one set, or that of bytes and a mark for the end of a text. */
    public int vocabularyOrBytes() {
        return vocabulary == null ? 257 : vocabulary;
    }

    /** The architecture, for a tokenizer of so many tokens and sequences of so many. */
    public ModelShape shape(int tokenizerSize, int length) {
        if (experts > 0 || activeExperts > 0) {
            throw new UserError("settings 'model.experts' and 'model.active-experts', here or in " + file + ", make a"
                + " mixture of experts, which cannot be trained yet: leave them out, or choose a dense model such as"
                + " models/tiny.json");
        }
        int v = vocabulary == null ? tokenizerSize : vocabulary;
        if (v < tokenizerSize) {
            throw new UserError("setting 'model.vocabulary' is " + v + " but the tokenizer has " + tokenizerSize
                + " tokens: raise it or choose another tokenizer");
        }
        int longest = maxLength == null ? length : maxLength;
        if (longest < length) {
            throw new UserError("setting 'length' is " + length + " but 'model.max-length' is only " + longest
                + ": lower the one or raise the other");
        }
        int c = required(width, "model.width");
        int h = required(heads, "model.heads");
        return new ModelShape(required(layers, "model.layers"), c, h, kvHeads == null ? h : kvHeads,
            headWidth == null ? c / h : headWidth, required(ffn, "model.ffn"), v, tied, qkNorm, ropeBase, normEps,
            longest);
    }

    /** The settings that describe a shape, by name; the longest sequence is left to the caller. */
    public static Map<String, String> texts(ModelShape s) {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("model.layers", Integer.toString(s.layers()));
        texts.put("model.width", Integer.toString(s.width()));
        texts.put("model.heads", Integer.toString(s.heads()));
        texts.put("model.kv-heads", Integer.toString(s.kvHeads()));
        texts.put("model.head-width", Integer.toString(s.headWidth()));
        texts.put("model.ffn", Integer.toString(s.ffn()));
        texts.put("model.vocabulary", Integer.toString(s.vocabulary()));
        texts.put("model.tied", Boolean.toString(s.tied()));
        texts.put("model.qk-norm", Boolean.toString(s.qkNorm()));
        texts.put("model.rope-base", Double.toString(s.ropeBase()));
        texts.put("model.norm-eps", Double.toString(s.normEps()));
        return texts;
    }

    private int required(Integer value, String key) {
        if (value == null) {
            throw new UserError("setting '" + key + "' is missing in " + file + ": add it there or give " + key + "=N");
        }
        return value;
    }
}
