package org.llmrlpt.cli;

import java.nio.file.Path;
import java.util.List;
import org.llmrlpt.config.DataSettings;
import org.llmrlpt.config.Key;
import org.llmrlpt.config.UserError;
import org.llmrlpt.data.prepare.FileDocuments;
import org.llmrlpt.data.prepare.PreparationSettings;

/** The text that the data commands read, and the folder they write. */
record TextSettings(
    @Key(value = "data", help = "text, .jsonl, .gz of either, or a folder of them") String source,
    @Key(value = "data.field", or = DataSettings.DEFAULT_FIELD, help = "field of .jsonl lines that holds the text")
    String field,
    @Key(value = "data.separator", or = "<|endoftext|>", help = "what parts documents in text files: a text (\\n for a "
        + "line end), blank-line or none") String separator,
    @Key(value = "output", help = "folder to write") String output) {

    /** Settings for reading and preparing. */
    PreparationSettings preparation() {
        return PreparationSettings.defaults().withField(field).withSeparator(separator);
    }

    FileDocuments documents(PreparationSettings preparation) {
        return new FileDocuments(List.of(Path.of(required("data", source, "data=FILE"))), preparation);
    }

    Path folder() {
        return Path.of(required("output", output, "output=FOLDER"));
    }

    private static String required(String name, String value, String form) {
        if (value == null) {
            throw new UserError("setting '" + name + "' is missing: give " + form);
        }
        return value;
    }
}
