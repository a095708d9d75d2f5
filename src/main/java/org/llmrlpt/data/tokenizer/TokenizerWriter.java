package org.llmrlpt.data.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.llmrlpt.files.AtomicFile;

/** Writes a tokenizer as the files that Hugging Face's tokenizers and transformers read. */
final class TokenizerWriter {
    private static final ObjectMapper JSON = new ObjectMapper();

    private TokenizerWriter() {
    }

    static void write(Tokenizer tokenizer, Path folder) {
        AtomicFile.write(folder.resolve(Tokenizers.FILE), out -> out.write(json(tokenizer)));
        AtomicFile.write(folder.resolve(Tokenizers.CONFIG_FILE),
            out -> out.write(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(config(tokenizer))));
    }

    /** The content of tokenizer.json. */
    static byte[] json(Tokenizer tokenizer) {
        ObjectNode root = JSON.createObjectNode();
        root.put("version", "1.0").putNull("truncation").putNull("padding");
        ArrayNode added = root.putArray("added_tokens");
        for (AddedToken token : tokenizer.added()) {
            added.addObject().put("id", token.id()).put("content", token.content()).put("single_word", false)
                    .put("lstrip", false).put("rstrip", false).put("normalized", false).put("special", token.special());
        }
        if (tokenizer.composes()) {
            root.putObject("normalizer").put("type", "NFC");
        } else {
            root.putNull("normalizer");
        }
        boolean characters = tokenizer.characters() != null;
        if (characters) {
            ObjectNode split = root.putObject("pre_tokenizer").put("type", "Split");
            split.putObject("pattern").put("String", "");
            split.put("behavior", "Isolated").put("invert", false);
        } else if (tokenizer.preTokenizer() == PreTokenizer.GPT2) {
            byteLevel(root.putObject("pre_tokenizer"), true);
        } else {
            ArrayNode steps = root.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
            ObjectNode split = steps.addObject().put("type", "Split");
            split.putObject("pattern").put("Regex", tokenizer.preTokenizer().pattern);
            split.put("behavior", "Isolated").put("invert", false);
            byteLevel(steps.addObject(), false);
        }
        root.putNull("post_processor");
        if (characters) {
            root.putObject("decoder").put("type", "Fuse");
            characters(root.putObject("model"), tokenizer);
        } else {
            byteLevel(root.putObject("decoder"), true);
            model(root.putObject("model"), tokenizer);
        }
        try {
            return JSON.writeValueAsBytes(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void byteLevel(ObjectNode node, boolean regex) {
        node.put("type", "ByteLevel").put("add_prefix_space", false).put("trim_offsets", true).put("use_regex", regex);
    }

    private static void characters(ObjectNode model, Tokenizer tokenizer) {
        ObjectNode vocabulary = model.put("type", "WordLevel").putObject("vocab");
        for (int id = 0; id < tokenizer.vocabularySize(); id++) {
            if (tokenizer.rawBytes(id) != null) {
                vocabulary.put(new String(tokenizer.rawBytes(id), StandardCharsets.UTF_8), id);
            }
        }
        model.put("unk_token", tokenizer.characters().unknown());
    }

    private static void model(ObjectNode model, Tokenizer tokenizer) {
        model.put("type", "BPE").putNull("dropout").putNull("unk_token").putNull("continuing_subword_prefix")
                .putNull("end_of_word_suffix").put("fuse_unk", false).put("byte_fallback", false)
                .put("ignore_merges", tokenizer.ignoresMerges());
        ObjectNode vocabulary = model.putObject("vocab");
        for (int id = 0; id < tokenizer.vocabularySize(); id++) {
            AddedToken added = tokenizer.addedToken(id);
            if (added != null) {
                vocabulary.put(added.content(), id);
            } else if (tokenizer.rawBytes(id) != null) {
                vocabulary.put(ByteAlphabet.write(tokenizer.rawBytes(id)), id);
            }
        }
        // One string per merge: every version of the library reads that form, and the alphabet has no space.
        ArrayNode rules = model.putArray("merges");
        Merges merges = tokenizer.merges();
        for (int rank = 0; rank < merges.count(); rank++) {
            rules.add(ByteAlphabet.write(tokenizer.rawBytes(merges.left(rank))) + " "
                    + ByteAlphabet.write(tokenizer.rawBytes(merges.right(rank))));
        }
    }

    private static ObjectNode config(Tokenizer tokenizer) {
        ObjectNode config = JSON.createObjectNode();
        config.put("tokenizer_class", "PreTrainedTokenizerFast");
        if (tokenizer.endOfText() >= 0) {
            String end = tokenizer.addedToken(tokenizer.endOfText()).content();
            config.put("eos_token", end).put("bos_token", end).put("pad_token", end);
        }
        // Decoding has to give back the text as it was, spaces before punctuation included.
        config.put("clean_up_tokenization_spaces", false);
        return config;
    }
}
