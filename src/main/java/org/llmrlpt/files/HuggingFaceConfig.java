package org.llmrlpt.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.config.UserError;

/**
 * The {@code config.json} of a Hugging Face model folder, for the two architectures whose arithmetic is ours: Qwen3
 * (with qk-norm) and Llama (without). Whatever would change that arithmetic is refused, not ignored.
 *
 * @param shape      the model
 * @param bosToken   the token a text begins with, if any
 * @param eosTokens  the tokens that end a text
 * @param padToken   the token that fills up a batch, if any
 */
public record HuggingFaceConfig(ModelShape shape, OptionalInt bosToken, List<Integer> eosTokens,
                                OptionalInt padToken) {
    /** The file's name in a model folder. */
    public static final String FILE = "config.json";
    private static final String QWEN3 = "Qwen3ForCausalLM";
    private static final String LLAMA = "LlamaForCausalLM";
    private static final double DEFAULT_ROPE_BASE = 10_000;

    public HuggingFaceConfig {
        eosTokens = List.copyOf(eosTokens);
    }

    /** A model whose texts begin and end with the same token, and that has no padding token. */
    public HuggingFaceConfig(ModelShape shape, int bosToken, int eosToken) {
        this(shape, OptionalInt.of(bosToken), List.of(eosToken), OptionalInt.empty());
    }

    /** Reads a config.json, or the one in a folder; what we cannot compute is a {@link UserError}. */
    public static HuggingFaceConfig read(Path fileOrFolder) {
        Path file = Files.isDirectory(fileOrFolder) ? fileOrFolder.resolve(FILE) : fileOrFolder;
        return new Reader(file, JsonFile.readObject(file)).read();
    }

    /** Writes the file, or the one in a folder, so that AutoModelForCausalLM loads it. */
    public void write(Path fileOrFolder) {
        JsonFile.write(Files.isDirectory(fileOrFolder) ? fileOrFolder.resolve(FILE) : fileOrFolder, toJson());
    }

    /** The document that {@link #write} writes. */
    public ObjectNode toJson() {
        if (!shape.qkNorm() && shape.width() % shape.heads() != 0) {
            throw new UserError("model.heads is " + shape.heads() + " but must divide model.width, which is "
                + shape.width() + ", in a Llama folder; set model.qk-norm=true for a Qwen3 folder, which is free of "
                + "this.");
        }
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.putArray("architectures").add(shape.qkNorm() ? QWEN3 : LLAMA);
        json.put("attention_bias", false).put("attention_dropout", 0.0);
        json.set("bos_token_id", number(bosToken));
        if (eosTokens.size() > 1) {
            eosTokens.forEach(json.putArray("eos_token_id")::add);
        } else {
            json.set("eos_token_id", number(eosTokens.isEmpty() ? OptionalInt.empty()
                : OptionalInt.of(eosTokens.getFirst())));
        }
        json.put("head_dim", shape.headWidth()).put("hidden_act", "silu").put("hidden_size", shape.width())
            .put("initializer_range", 0.02).put("intermediate_size", shape.ffn())
            .put("max_position_embeddings", shape.maxLength());
        if (!shape.qkNorm()) { json.put("mlp_bias", false); }
        json.put("model_type", shape.qkNorm() ? "qwen3" : "llama").put("num_attention_heads", shape.heads())
            .put("num_hidden_layers", shape.layers()).put("num_key_value_heads", shape.kvHeads());
        json.set("pad_token_id", number(padToken));
        json.put("rms_norm_eps", shape.normEps());
        // transformers 5 reads rope_parameters; everything older reads rope_theta and rope_scaling.
        json.putObject("rope_parameters").put("rope_theta", shape.ropeBase()).put("rope_type", "default");
        json.putNull("rope_scaling").put("rope_theta", shape.ropeBase());
        json.put("tie_word_embeddings", shape.tied()).put("torch_dtype", "float32").put("use_cache", true)
            .put("vocab_size", shape.vocabulary());
        return json;
    }

    private static JsonNode number(OptionalInt value) {
        return value.isPresent() ? JsonNodeFactory.instance.numberNode(value.getAsInt())
            : JsonNodeFactory.instance.nullNode();
    }

    /** One reading: the document and its name for messages. */
    private record Reader(Path file, JsonNode json) {
        HuggingFaceConfig read() {
            boolean qwen = isQwen();
            refuseWhatWeDoNotCompute();
            int heads = count("num_attention_heads");
            int width = count("hidden_size");
            int kvHeads = absent("num_key_value_heads") && !qwen ? heads : count("num_key_value_heads");
            if (absent("head_dim") && !qwen && (heads == 0 || width % heads != 0)) {
                throw new UserError(file + " has no head_dim, and num_attention_heads " + heads
                    + " does not divide hidden_size " + width + ".");
            }
            int headWidth = absent("head_dim") && !qwen ? width / heads : count("head_dim");
            ModelShape shape;
            try {
                shape = new ModelShape(count("num_hidden_layers"), width, heads, kvHeads, headWidth,
                    count("intermediate_size"), count("vocab_size"), flag("tie_word_embeddings"), qwen, ropeBase(),
                    number(json, "rms_norm_eps", 1e-6), count("max_position_embeddings"));
            } catch (UserError e) {
                throw e.getMessage().startsWith("model.") ? new UserError(file + ": " + e.getMessage(), e) : e;
            }
            List<Integer> bos = tokens("bos_token_id");
            List<Integer> pad = tokens("pad_token_id");
            return new HuggingFaceConfig(shape, first(bos), tokens("eos_token_id"), first(pad));
        }

        private boolean isQwen() {
            String architecture = json.path("architectures").path(0).asText("");
            String type = json.path("model_type").asText("");
            boolean qwen = architecture.equals(QWEN3) || architecture.isEmpty() && type.equals("qwen3");
            boolean llama = architecture.equals(LLAMA) || architecture.isEmpty() && type.equals("llama");
            boolean agree = type.isEmpty() || type.equals(qwen ? "qwen3" : "llama");
            if (architecture.isEmpty() && type.isEmpty()) {
                throw new UserError(file + " names no architecture: it is not the " + FILE + " of a model.");
            }
            if (!qwen && !llama || !agree) {
                throw new UserError(file + " describes the architecture "
                    + (architecture.isEmpty() || !agree && (qwen || llama) ? "of model_type " + json.path("model_type")
                        : architecture) + "; only " + QWEN3 + " and " + LLAMA + " can be read.");
            }
            return qwen;
        }

        private void refuseWhatWeDoNotCompute() {
            for (String key : List.of("attention_bias", "mlp_bias", "use_sliding_window")) {
                if (flag(key)) { throw unsupported(key, json.path(key)); }
            }
            for (String key : List.of("num_experts", "num_local_experts", "n_routed_experts", "quantization_config")) {
                if (!absent(key)) { throw unsupported(key, json.path(key)); }
            }
            String activation = absent("hidden_act") ? "silu" : json.path("hidden_act").asText("");
            if (!activation.equals("silu")) { throw unsupported("hidden_act", json.path("hidden_act")); }
            for (JsonNode layer : json.path("layer_types")) {
                if (!layer.asText("").equals("full_attention")) { throw unsupported("layer_types", layer); }
            }
            if (number(json, "partial_rotary_factor", 1) != 1) {
                throw unsupported("partial_rotary_factor", json.path("partial_rotary_factor"));
            }
            for (String key : List.of("rope_scaling", "rope_parameters")) {
                refuseScaledRope(key, json.path(key));
            }
        }

        private void refuseScaledRope(String key, JsonNode rope) {
            if (rope.isMissingNode() || rope.isNull()) { return; }
            // rope_type was called type once; no type at all, in an object that only names the base, is the default.
            String type = rope.path("rope_type").asText(rope.path("type").asText("default"));
            boolean plain = rope.isObject() && type.equals("default") && number(rope, "partial_rotary_factor", 1) == 1;
            for (JsonNode value : rope) { plain &= value.isValueNode(); }
            if (!plain || rope.hasNonNull("factor")) { throw unsupported(key, rope); }
        }

        /** The base in rope_parameters (transformers 5) or rope_scaling goes before the older rope_theta. */
        private double ropeBase() {
            JsonNode scaling = json.path("rope_scaling");
            JsonNode rope = scaling.isObject() && !scaling.isEmpty() ? scaling : json.path("rope_parameters");
            return number(rope, "rope_theta", number(json, "rope_theta", DEFAULT_ROPE_BASE));
        }

        private UserError unsupported(String key, JsonNode value) {
            return new UserError(file + " has " + key + " " + value + ", which this program does not compute.");
        }

        private boolean absent(String key) {
            return !json.hasNonNull(key);
        }

        private int count(String key) {
            JsonNode value = json.path(key);
            if (!value.isIntegralNumber() || !value.canConvertToInt()) {
                throw new UserError(file + (value.isMissingNode() ? " has no " + key
                    : " has " + key + " " + value + ", which is not a whole number below 2³¹") + ".");
            }
            return value.intValue();
        }

        private double number(JsonNode in, String key, double otherwise) {
            if (!in.hasNonNull(key)) { return otherwise; }
            if (!in.path(key).isNumber()) {
                throw new UserError(file + " has " + key + " " + in.path(key) + ", which is not a number.");
            }
            return in.path(key).doubleValue();
        }

        private boolean flag(String key) {
            if (absent(key)) { return false; }
            if (!json.path(key).isBoolean()) {
                throw new UserError(file + " has " + key + " " + json.path(key) + ", which is neither true nor false.");
            }
            return json.path(key).booleanValue();
        }

        private List<Integer> tokens(String key) {
            List<Integer> tokens = new ArrayList<>();
            if (absent(key)) { return tokens; }
            JsonNode value = json.path(key);
            for (JsonNode item : value.isArray() ? value : JsonNodeFactory.instance.arrayNode().add(value)) {
                if (!item.isIntegralNumber() || !item.canConvertToInt()) {
                    throw new UserError(file + " has " + key + " " + value + ", which is not a token number.");
                }
                // −1 is how some older folders say "none".
                if (item.intValue() >= 0) { tokens.add(item.intValue()); }
            }
            return tokens;
        }

        private static OptionalInt first(List<Integer> tokens) {
            return tokens.isEmpty() ? OptionalInt.empty() : OptionalInt.of(tokens.getFirst());
        }
    }
}
