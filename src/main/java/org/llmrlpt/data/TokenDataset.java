package org.llmrlpt.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.llmrlpt.config.FileProblem;
import org.llmrlpt.config.UserError;
import org.llmrlpt.data.shards.DatasetIndex;
import org.llmrlpt.data.shards.Shard;
import org.llmrlpt.data.shards.ShardChain;
import org.llmrlpt.data.shards.TokenSource;
import org.llmrlpt.data.tokenizer.Tokenizer;
import org.llmrlpt.data.tokenizer.Tokenizers;

/**
 * Prepared tokens: a tokenizer and two splits. Each split begins with an end-of-text token and has one after every
 * document, so that the first token of every document is predicted from the mark before it.
 */
public final class TokenDataset {
    private final Tokenizer tokenizer;
    private final DatasetIndex index;
    private final TokenSource train;
    private final TokenSource validation;

    private TokenDataset(Tokenizer tokenizer, DatasetIndex index, TokenSource train, TokenSource validation) {
        this.tokenizer = tokenizer;
        this.index = index;
        this.train = train;
        this.validation = validation;
    }

    /** Whether a folder looks like prepared data. */
    public static boolean isAt(Path folder) {
        return Files.exists(folder.resolve(DatasetIndex.FILE));
    }

    /**
     * Opens a prepared folder. Headers, lengths and the index are always checked.
     *
     * @param verify whether to read all tokens once and compare their checksums too
     * @throws UserError when something is missing, damaged or does not belong together
     */
    public static TokenDataset open(Path folder, boolean verify) {
        DatasetIndex index = DatasetIndex.read(folder);
        Path file = folder.resolve("tokenizer.json");
        if (!Files.exists(file)) {
            throw new UserError("The prepared folder " + folder + " lacks tokenizer.json; prepare the data again.");
        }
        try {
            if (DatasetIndex.checksum(Files.readAllBytes(file)) != index.tokenizerChecksum()) {
                throw new UserError("The tokenizer " + file + " is not the one that the tokens were made with;"
                        + " prepare the data again.");
            }
        } catch (IOException e) {
            throw FileProblem.reading(file, e);
        }
        Tokenizer tokenizer = Tokenizers.open(folder);
        if (tokenizer.vocabularySize() != index.vocabularySize() || tokenizer.endOfText() != index.endOfText()) {
            throw new UserError("The tokenizer in " + folder + " has " + tokenizer.vocabularySize()
                    + " tokens and end of text " + tokenizer.endOfText() + ", but the tokens were made with "
                    + index.vocabularySize() + " and " + index.endOfText() + "; prepare the data again.");
        }
        return new TokenDataset(tokenizer, index, chain(folder, index, index.train(), verify),
                chain(folder, index, index.validation(), verify));
    }

    private static TokenSource chain(Path folder, DatasetIndex index, DatasetIndex.Split split, boolean verify) {
        List<Shard> shards = new ArrayList<>();
        for (DatasetIndex.Entry entry : split.shards()) {
            Path file = folder.resolve(entry.file());
            Shard shard = Shard.open(file);
            if (shard.vocabularySize() != index.vocabularySize()) {
                throw new UserError("The token shard " + file + " was made with a vocabulary of "
                        + shard.vocabularySize() + " tokens, but the tokenizer beside it has " + index.vocabularySize()
                        + "; prepare the data again.");
            }
            if (shard.size() != entry.tokens() || shard.checksum() != entry.checksum()) {
                throw new UserError("The token shard " + file + " is not the one that " + DatasetIndex.FILE
                        + " lists; prepare the data again.");
            }
            if (verify) {
                shard.verify();
            }
            shards.add(shard);
        }
        return new ShardChain(shards);
    }

    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /** The tokens to learn from. */
    public TokenSource train() {
        return train;
    }

    /** The tokens held out; empty when none were. */
    public TokenSource validation() {
        return validation;
    }

    /** Counts of documents, bytes and tokens of the splits. */
    public DatasetIndex index() {
        return index;
    }

    /** A short name of exactly these tokens. */
    public String fingerprint() {
        return index.fingerprint();
    }
}
