package org.llmrlpt.data.tokenizer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.llmrlpt.config.UserError;

/** Where tokenizers come from: the built-in one of plain bytes, and files. */
public final class Tokenizers {
    /** The name of the built-in tokenizer of plain bytes. */
    public static final String BYTES = "bytes";
    static final String FILE = "tokenizer.json";
    static final String CONFIG_FILE = "tokenizer_config.json";

    private Tokenizers() {
    }

    /**
     * Opens a tokenizer: {@code bytes}, or the path of a tokenizer.json, of a GPT-2 vocab.json or merges.txt, or of
     * a folder with such files.
     *
     * @throws UserError when the path is missing or holds no tokenizer that can be read
     */
    public static Tokenizer open(String spec) {
        if (spec.equals(BYTES)) {
            return bytes();
        }
        Path path = Path.of(spec);
        if (!Files.exists(path)) {
            throw new UserError("There is no tokenizer at " + path
                    + "; give \"bytes\", a tokenizer.json, or a folder that holds one.");
        }
        return open(path);
    }

    /** Opens the tokenizer of a file or folder; see {@link #open(String)}. */
    public static Tokenizer open(Path path) {
        if (!Files.isDirectory(path)) {
            if (!Files.exists(path)) {
                throw new UserError("There is no tokenizer at " + path + "; give the path of a tokenizer.json.");
            }
            Path folder = path.toAbsolutePath().getParent();
            return switch (path.getFileName().toString()) {
                case "vocab.json", "encoder.json", "merges.txt", "vocab.bpe" -> Gpt2Files.read(folder);
                default -> TokenizerReader.read(path);
            };
        }
        Path file = path.resolve(FILE);
        if (Files.exists(file)) {
            return TokenizerReader.read(file);
        }
        if (Gpt2Files.areIn(path)) {
            return Gpt2Files.read(path);
        }
        throw new UserError("The folder " + path + " has neither a tokenizer.json nor a vocab.json with a merges.txt.");
    }

    /** The tokenizer of plain bytes: ids 0..255 are the byte values, 256 is the end of text. */
    public static Tokenizer bytes() {
        Tokenizer.Parts parts = new Tokenizer.Parts();
        parts.tokens = new byte[257][];
        int[] byteIds = new int[256];
        for (int b = 0; b < 256; b++) {
            parts.tokens[b] = new byte[] {(byte) b};
            byteIds[b] = b;
        }
        AddedToken end = new AddedToken(256, Tokenizer.END_OF_TEXT, true);
        parts.tokens[256] = end.bytes();
        parts.added = List.of(end);
        parts.endOfText = 256;
        parts.merges = new Merges(new int[0], new int[0], new int[0], byteIds);
        return new Tokenizer(parts);
    }
}
