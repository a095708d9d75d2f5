package org.llmrlpt.data.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.llmrlpt.config.FileProblem;
import org.llmrlpt.config.UserError;

/**
 * Reads a Hugging Face tokenizer.json of the byte-level BPE family, or of one token for each character (WordLevel with
 * a Split between all characters). What would change ids and is not known here is
 * refused; the post-processor, which only decorates finished sequences, is left out.
 */
final class TokenizerReader {
    private static final JsonMapper JSON = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    /** What the end of a text is called when no tokenizer_config.json says so. */
    private static final List<String> ENDS = List.of(Tokenizer.END_OF_TEXT, "<|end_of_text|>", "</s>", "<eos>",
            "<|eot_id|>", "<|im_end|>");

    private final Path file;
    private final JsonNode root;
    private final Vocabulary vocabulary;

    private TokenizerReader(Path file) {
        this.file = file;
        this.root = parse(file);
        this.vocabulary = new Vocabulary(file);
    }

    static Tokenizer read(Path file) {
        return new TokenizerReader(file).read();
    }

    private Tokenizer read() {
        JsonNode model = root.path("model");
        if (!model.isObject()) {
            throw refused("it has no \"model\"");
        }
        // Older files leave the type out; what has merges is byte-pair encoding.
        String type = model.path("type").asText(model.has("merges") ? "BPE" : "unknown");
        if (type.equals("WordLevel")) {
            return readCharacters(model);
        }
        require(type.equals("BPE"), "its model is \"" + type + "\" instead of BPE");
        require(model.path("dropout").asDouble(0) == 0, "its model drops merges at random (\"dropout\")");
        for (String key : List.of("continuing_subword_prefix", "end_of_word_suffix")) {
            boolean unset = isNone(model.path(key)) || model.path(key).asText().isEmpty();
            require(unset, "its model has a \"" + key + "\"");
        }
        readVocabulary(model.path("vocab"), vocabulary);
        readMerges(model.path("merges"));
        root.path("added_tokens").forEach(this::readAdded);
        Tokenizer.Parts parts = vocabulary.parts(endOfText());
        parts.ignoreMerges = model.path("ignore_merges").asBoolean(false);
        parts.composes = composes(root.path("normalizer"));
        parts.preTokenizer = preTokenizer(root.path("pre_tokenizer"));
        JsonNode decoder = root.path("decoder");
        require(isNone(decoder) || decoder.path("type").asText().equals("ByteLevel"),
                "its decoder is \"" + decoder.path("type").asText() + "\"");
        return new Tokenizer(parts);
    }

    private Tokenizer readCharacters(JsonNode model) {
        readVocabulary(model.path("vocab"), vocabulary);
        root.path("added_tokens").forEach(this::readAdded);
        JsonNode split = root.path("pre_tokenizer");
        JsonNode pattern = split.path("pattern");
        boolean everywhere = pattern.path("String").asText("x").isEmpty()
            || pattern.path("Regex").asText("x").isEmpty();
        require(split.path("type").asText().equals("Split") && everywhere
            && split.path("behavior").asText().equals("Isolated"),
            "its model is \"WordLevel\" and its pre-tokenizer does not cut between all characters");
        String decoder = root.path("decoder").path("type").asText("none");
        require(decoder.equals("Fuse"), "its decoder is \"" + decoder + "\"");
        Tokenizer.Parts parts = vocabulary.characterParts(endOfText(), model.path("unk_token").asText());
        parts.composes = composes(root.path("normalizer"));
        return new Tokenizer(parts);
    }

    static void readVocabulary(JsonNode entries, Vocabulary vocabulary) {
        if (!entries.isObject() || entries.isEmpty()) {
            throw vocabulary.broken("has no vocabulary");
        }
        for (Map.Entry<String, JsonNode> entry : entries.properties()) {
            if (!entry.getValue().isInt()) {
                throw vocabulary.broken("gives token \"" + entry.getKey() + "\" an id that is not a number");
            }
            vocabulary.entry(entry.getKey(), entry.getValue().intValue());
        }
    }

    private void readMerges(JsonNode merges) {
        if (!merges.isArray()) {
            throw vocabulary.broken("has no list of merges");
        }
        for (JsonNode merge : merges) {
            if (merge.isArray() && merge.size() == 2) {
                vocabulary.merge(merge.get(0).asText(), merge.get(1).asText());
            } else {
                String[] pair = merge.asText().split(" ", -1);
                if (pair.length != 2 || pair[0].isEmpty() || pair[1].isEmpty()) {
                    throw vocabulary.broken("has a merge that is not two tokens: " + merge);
                }
                vocabulary.merge(pair[0], pair[1]);
            }
        }
    }

    private void readAdded(JsonNode node) {
        String content = node.path("content").asText("");
        if (content.isEmpty() || !node.path("id").isInt()) {
            throw vocabulary.broken("has an added token without content or id");
        }
        for (String key : List.of("single_word", "lstrip", "rstrip")) {
            require(!node.path(key).asBoolean(false), "its added token \"" + content + "\" asks for \"" + key + "\"");
        }
        vocabulary.added(new AddedToken(node.get("id").intValue(), content, node.path("special").asBoolean(false)));
    }

    /** The text of the end-of-text token: what a tokenizer_config.json beside the file says, or a usual name. */
    private String endOfText() {
        List<String> contents = root.path("added_tokens").findValuesAsText("content");
        Path configFile = file.resolveSibling(Tokenizers.CONFIG_FILE);
        if (Files.exists(configFile)) {
            JsonNode end = parse(configFile).path("eos_token");
            String text = end.isObject() ? end.path("content").asText() : end.asText("");
            if (contents.contains(text)) {
                return text;
            }
        }
        return ENDS.stream().filter(contents::contains).findFirst().orElse(null);
    }

    private boolean composes(JsonNode normalizer) {
        if (isNone(normalizer)) {
            return false;
        }
        String type = normalizer.path("type").asText();
        require(type.equals("NFC"), "its normalizer is \"" + type + "\"");
        return true;
    }

    private PreTokenizer preTokenizer(JsonNode node) {
        String type = node.path("type").asText("none");
        if (type.equals("ByteLevel")) {
            requirePlain(node);
            require(node.path("use_regex").asBoolean(true), "its pre-tokenizer does not split text");
            return PreTokenizer.GPT2;
        }
        JsonNode steps = node.path("pretokenizers");
        require(type.equals("Sequence") && steps.size() == 2
                && steps.get(0).path("type").asText().equals("Split")
                && steps.get(0).path("behavior").asText().equals("Isolated")
                && !steps.get(0).path("invert").asBoolean(false)
                && steps.get(1).path("type").asText().equals("ByteLevel"), "its pre-tokenizer is \"" + type + "\"");
        requirePlain(steps.get(1));
        String pattern = steps.get(0).path("pattern").path("Regex").asText("");
        for (PreTokenizer known : PreTokenizer.values()) {
            if (known.pattern.equals(pattern)) {
                return known;
            }
        }
        throw refused("it splits text by an unknown pattern");
    }

    private void requirePlain(JsonNode byteLevel) {
        require(!byteLevel.path("add_prefix_space").asBoolean(false), "its pre-tokenizer adds a space before the text");
    }

    private static boolean isNone(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }

    private void require(boolean condition, String otherwise) {
        if (!condition) {
            throw refused(otherwise);
        }
    }

    private UserError refused(String reason) {
        return new UserError("Cannot use the tokenizer " + file + " because " + reason
                + "; only byte-level BPE in the manner of GPT-2, Llama 3 or Qwen, and one token for each character, are"
                + " known here.");
    }

    static JsonNode parse(Path file) {
        try {
            JsonNode root = JSON.readTree(text(file));
            if (!root.isObject()) {
                throw new UserError("The tokenizer file " + file + " holds no JSON object; use an undamaged file.");
            }
            return root;
        } catch (JsonProcessingException e) {
            throw new UserError("The tokenizer file " + file + " is not valid JSON (line "
                    + (e.getLocation() == null ? 1 : e.getLocation().getLineNr()) + "); use an undamaged file.", e);
        }
    }

    static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (CharacterCodingException e) {
            throw new UserError("The tokenizer file " + file + " is not UTF-8 text; use an undamaged file.", e);
        } catch (IOException e) {
            throw FileProblem.reading("the tokenizer file " + file, e);
        }
    }
}
