package org.llmrlpt.data.tokenizer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.llmrlpt.config.UserError;

/** Reads GPT-2's pair of files: vocab.json with merges.txt, or by their first names encoder.json with vocab.bpe. */
final class Gpt2Files {
    private static final List<String> VOCABULARY = List.of("vocab.json", "encoder.json");
    private static final List<String> MERGES = List.of("merges.txt", "vocab.bpe");

    private Gpt2Files() {
    }

    static boolean areIn(Path folder) {
        return VOCABULARY.stream().anyMatch(name -> Files.exists(folder.resolve(name)));
    }

    static Tokenizer read(Path folder) {
        Path vocabularyFile = find(folder, VOCABULARY);
        Path mergesFile = find(folder, MERGES);
        Vocabulary vocabulary = new Vocabulary(vocabularyFile);
        TokenizerReader.readVocabulary(TokenizerReader.parse(vocabularyFile), vocabulary);
        List<String> lines = TokenizerReader.text(mergesFile).lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            boolean header = i == 0 && line.startsWith("#version");
            if (!header && !line.isEmpty()) {
                int space = line.indexOf(' ');
                if (space <= 0 || space == line.length() - 1 || line.indexOf(' ', space + 1) >= 0) {
                    throw new UserError(mergesFile + ":" + (i + 1) + " is not a merge: two tokens and one space.");
                }
                vocabulary.merge(line.substring(0, space), line.substring(space + 1));
            }
        }
        if (vocabulary.contains(Tokenizer.END_OF_TEXT)) {
            int id = vocabulary.id(Tokenizer.END_OF_TEXT);
            vocabulary.added(new AddedToken(id, Tokenizer.END_OF_TEXT, true));
        }
        return new Tokenizer(vocabulary.parts(Tokenizer.END_OF_TEXT));
    }

    private static Path find(Path folder, List<String> names) {
        for (String name : names) {
            if (Files.exists(folder.resolve(name))) {
                return folder.resolve(name);
            }
        }
        throw new UserError("The folder " + folder + " lacks " + names.get(0)
                + ": a GPT-2 tokenizer is vocab.json and merges.txt side by side.");
    }
}
