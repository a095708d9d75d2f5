package org.llmrlpt.config;

import java.util.List;

/** The text and how it becomes tokens. */
public record DataSettings(
    @Key(value = "data", help = "text, .jsonl, .gz of either, a folder of them, or a folder made by 'data prepare'; "
        + "or a mixture PATH:WEIGHT,PATH:WEIGHT, where builtin is the built-in text; "
        + "default: the built-in arithmetic and reasoning text") String source,
    @Key(value = "data.field", or = DataSettings.DEFAULT_FIELD, help = "field of .jsonl lines that holds the text")
    String field,
    @Key(value = "data.validation-fraction", min = 0, max = 0.9, help = "share kept for validation; default: the last "
        + "tenth of a single text, a twentieth of many documents") Double validationFraction,
    @Key(value = "data.builtin-megabytes", or = "4", min = 0.01, max = 100000,
        help = "size of the built-in text in MB") double builtinMegabytes,
    @Key(value = "data.builtin", or = DataSettings.ALL_BUILTIN, help = "problems of the built-in text: builtin (all "
        + "with worked steps) or the name of a built-in task, such as arithmetic or sums") String builtin,
    @Key(value = "data.builtin-level", help = "difficulty of the built-in text, such as 2 or 1-3; default: all levels")
    String builtinLevel,
    @Key(value = "tokenizer",
        help = "bytes, a tokenizer.json, or a folder with vocab.json and merges.txt; default: bytes, or what the data "
            + "were prepared with")
    String tokenizer) {

    /** The field that holds a document's text unless another is named. */
    public static final String DEFAULT_FIELD = "text";
    /** The name of all built-in problems with worked steps. */
    public static final String ALL_BUILTIN = "builtin";

    /** The sources and their weights; one of weight 1 unless a mixture is named. */
    public List<DataPart> parts() {
        return DataPart.parse(source);
    }

    /** The same settings for one source of the mixture. */
    public DataSettings of(DataPart part) {
        return new DataSettings(part.source(), field, validationFraction, builtinMegabytes, builtin,
            builtinLevel, tokenizer);
    }
}
