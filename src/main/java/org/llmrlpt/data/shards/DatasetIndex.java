package org.llmrlpt.data.shards;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.llmrlpt.config.FileProblem;
import org.llmrlpt.config.UserError;

/**
 * The file index.json of a prepared folder: what was prepared, and the shards of each split in order.
 *
 * @param vocabularySize V of the tokenizer
 * @param endOfText the token after each document, or -1
 * @param tokenizerChecksum CRC-32C of the folder's tokenizer.json
 * @param train the split to learn from
 * @param validation the split held out
 */
public record DatasetIndex(int vocabularySize, int endOfText, int tokenizerChecksum, Split train, Split validation) {
    public static final String FILE = "index.json";
    private static final int VERSION = 1;
    private static final JsonMapper JSON = new JsonMapper();

    /**
     * One split.
     *
     * @param documents the number of documents
     * @param bytes the UTF-8 bytes of their text
     * @param shards its files in order
     */
    public record Split(long documents, long bytes, List<Entry> shards) {
        /** The number of tokens, end-of-text tokens included. */
        public long tokens() {
            return shards.stream().mapToLong(Entry::tokens).sum();
        }
    }

    /** One shard: its file's name, its number of tokens and the CRC-32C of its payload. */
    public record Entry(String file, long tokens, int checksum) {
    }

    /** A short name of exactly these tokens, to notice that a resumed run reads other data. */
    public String fingerprint() {
        return hex(checksum(json()));
    }

    /** Writes index.json into the folder. */
    public void write(Path folder) {
        Path file = folder.resolve(FILE);
        ObjectNode root = json();
        root.put("checksum", hex(checksum(root)));
        try {
            Files.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root));
        } catch (IOException e) {
            throw FileProblem.writing(file, e);
        }
    }

    /**
     * Reads and checks index.json of a prepared folder.
     *
     * @throws UserError when it is missing or damaged
     */
    public static DatasetIndex read(Path folder) {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            throw new UserError("There is no prepared data in " + folder + " (no " + FILE
                    + "); prepare the data, or give a text file.");
        }
        try {
            JsonNode root = JSON.readTree(file.toFile());
            if (!(root instanceof ObjectNode object) || !object.has("checksum")) {
                throw damaged(file);
            }
            int checksum = number(object.remove("checksum"));
            if (object.path("version").asInt() != VERSION) {
                throw new UserError(file + " has version " + object.path("version").asText() + " instead of " + VERSION
                        + "; prepare the data again.");
            }
            if (checksum != checksum(object)) {
                throw damaged(file);
            }
            return new DatasetIndex(object.get("vocabulary_size").asInt(), object.get("end_of_text").asInt(),
                    number(object.get("tokenizer_checksum")), split(object.at("/splits/train")),
                    split(object.at("/splits/validation")));
        } catch (JsonProcessingException | NumberFormatException e) {
            throw damaged(file);
        } catch (IOException e) {
            throw FileProblem.reading(file, e);
        }
    }

    private static Split split(JsonNode node) {
        List<Entry> shards = new ArrayList<>();
        for (JsonNode shard : node.get("shards")) {
            shards.add(new Entry(shard.get("file").asText(), shard.get("tokens").asLong(),
                    number(shard.get("checksum"))));
        }
        return new Split(node.get("documents").asLong(), node.get("bytes").asLong(), shards);
    }

    private ObjectNode json() {
        ObjectNode root = JSON.createObjectNode();
        root.put("format", "llm-rlpt tokens").put("version", VERSION).put("vocabulary_size", vocabularySize)
                .put("end_of_text", endOfText).put("tokenizer_checksum", hex(tokenizerChecksum));
        ObjectNode splits = root.putObject("splits");
        add(splits.putObject("train"), train);
        add(splits.putObject("validation"), validation);
        return root;
    }

    private static void add(ObjectNode node, Split split) {
        node.put("tokens", split.tokens()).put("documents", split.documents()).put("bytes", split.bytes());
        ArrayNode shards = node.putArray("shards");
        for (Entry shard : split.shards()) {
            shards.addObject().put("file", shard.file()).put("tokens", shard.tokens())
                    .put("checksum", hex(shard.checksum()));
        }
    }

    private static int checksum(ObjectNode root) {
        return checksum(root.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** CRC-32C of bytes. */
    public static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    private static String hex(int checksum) {
        return String.format("%08x", checksum);
    }

    private static int number(JsonNode hex) {
        return Integer.parseUnsignedInt(hex.asText(), 16);
    }

    private static UserError damaged(Path file) {
        return new UserError("The file " + file + " is damaged; prepare the data again.");
    }
}
