package org.llmrlpt.tasks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.llmrlpt.config.FileProblem;
import org.llmrlpt.config.TaskSettings;
import org.llmrlpt.config.UserError;
import org.llmrlpt.files.TextFiles;
import org.llmrlpt.tasks.answers.Canonical;
import org.llmrlpt.tasks.answers.Finder;

/**
 * The problems of a .jsonl file, one on each line, plain or .gz. The reference answer is what follows the last ####
 * (GSM8K), what the last \boxed{} holds (solutions of MATH), or the whole field.
 */
final class TaskFile {
    private static final JsonMapper JSON = JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    private static final String AS_IT_IS = "prompt";
    private static final List<String> PROMPT_FIELDS = List.of("question", "problem", AS_IT_IS);
    private static final List<String> ANSWER_FIELDS = List.of("answer", "final_answer", "target", "solution");
    private static final String PLACE = "{problem}";

    private TaskFile() {
    }

    /** One line of the file. */
    private record Line(int number, JsonNode object) {
    }

    /**
     * The problems in the file's order, all marked as test problems.
     *
     * @throws UserError for a file that cannot be read, a line that is no JSON object or lacks a field, and an answer
     *     that is not in the file's own form
     */
    static List<Problem> read(Path file, TaskSettings settings) {
        List<Line> lines = lines(file);
        if (lines.isEmpty()) {
            throw new UserError(file + " has no problems: give a .jsonl file with one on each line");
        }
        JsonNode first = lines.getFirst().object();
        String promptField = field(first, settings.promptField(), PROMPT_FIELDS, file, "task.prompt-field", "problem");
        String answerField = field(first, settings.answerField(), ANSWER_FIELDS, file, "task.answer-field", "answer");
        String template = settings.template() != null ? settings.template().replace("\\n", "\n")
            : promptField.equals(AS_IT_IS) ? PLACE : "Question: " + PLACE + "\nAnswer:";
        if (!template.contains(PLACE)) {
            throw new UserError("setting 'task.template' must contain " + PLACE + ", where the problem is put");
        }
        List<String> prompts = new ArrayList<>();
        List<String> fields = new ArrayList<>();
        for (Line line : lines) {
            prompts.add(template.replace(PLACE, text(line, promptField, file, "task.prompt-field", "problem")));
            fields.add(text(line, answerField, file, "task.answer-field", "answer"));
        }
        Finder finder = form(fields);
        boolean mustBeNumber = settings.compare() == TaskSettings.Compare.NUMBER
            || settings.compare() == TaskSettings.Compare.AUTO && finder == Finder.HASHES;
        List<Problem> problems = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            Line line = lines.get(i);
            String where = file + ":" + line.number();
            String answer = finder.find(fields.get(i), false);
            if (answer == null) {
                throw new UserError(where + " has no answer " + switch (finder) {
                    case HASHES -> "after ####";
                    case BOXED -> "in \\boxed{}";
                    default -> "in its field \"" + answerField + "\"";
                } + ", as the other lines have: mend or remove that line");
            }
            check(answer, where, mustBeNumber, settings.compare());
            problems.add(new Problem(id(line), prompts.get(i), answer, level(line), Split.TEST));
        }
        return List.copyOf(problems);
    }

    private static void check(String answer, String where, boolean mustBeNumber, TaskSettings.Compare compare) {
        boolean exact = compare == TaskSettings.Compare.EXACT;
        if (mustBeNumber && !Canonical.isNumber(answer)) {
            throw new UserError(where + " has the answer '" + shortened(answer) + "', which is not a number: mend it, "
                + "or set task.compare=math or task.compare=exact");
        }
        if (!exact && (!Canonical.isBalanced(answer) || Canonical.of(answer).isEmpty())) {
            throw new UserError(where + " has the answer '" + shortened(answer) + "', which cannot be parsed: mend it, "
                + "or set task.compare=exact");
        }
    }

    private static String shortened(String text) {
        String line = text.lines().findFirst().orElse("");
        return line.length() <= 60 ? line : line.substring(0, 60) + "…";
    }

    /** The form of the answers of a file: that of any one of them must be that of all. */
    private static Finder form(List<String> fields) {
        if (fields.stream().anyMatch(f -> f.contains("####"))) {
            return Finder.HASHES;
        }
        return fields.stream().anyMatch(f -> f.contains("\\boxed")) ? Finder.BOXED : Finder.WHOLE;
    }

    private static String field(JsonNode first, String named, List<String> usual, Path file, String key, String what) {
        if (named != null) {
            return named;
        }
        return usual.stream().filter(first::has).findFirst().orElseThrow(() -> new UserError(file
            + " has no field " + String.join(", ", usual) + ": name the field that holds the " + what + " with " + key
            + "="));
    }

    private static String text(Line line, String field, Path file, String key, String what) {
        JsonNode value = line.object().path(field);
        if (!value.isTextual() && !value.isNumber() || value.asText().isBlank()) {
            throw new UserError(file + ":" + line.number() + " has no " + what + " in a field \"" + field + "\": mend "
                + "the line, or name the right field with " + key + "=");
        }
        return value.asText();
    }

    private static String id(Line line) {
        JsonNode id = line.object().has("unique_id") ? line.object().get("unique_id") : line.object().path("id");
        return id.isTextual() || id.isNumber() ? id.asText() : Integer.toString(line.number());
    }

    private static int level(Line line) {
        JsonNode level = line.object().path("level");
        return level.isInt() ? level.intValue() : 0;
    }

    private static List<Line> lines(Path file) {
        List<Line> lines = new ArrayList<>();
        int number = 0;
        try (InputStream raw = Files.newInputStream(file);
                BufferedReader reader = new BufferedReader(new InputStreamReader(TextFiles.text(file, raw),
                    StandardCharsets.UTF_8.newDecoder()))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                if (!line.isBlank()) {
                    lines.add(new Line(number, object(line, file + ":" + number)));
                }
            }
        } catch (MalformedInputException e) {
            throw new UserError(file + " is not UTF-8 text in or soon after line " + (number + 1) + ": mend it", e);
        } catch (IOException e) {
            throw FileProblem.reading(file, e);
        }
        return lines;
    }

    private static JsonNode object(String line, String where) {
        try {
            JsonNode node = JSON.readTree(line);
            if (!node.isObject()) {
                throw new UserError(where + " is not a JSON object: mend or remove that line");
            }
            return node;
        } catch (JsonProcessingException e) {
            throw new UserError(where + " is not valid JSON: " + FileProblem.reason(e)
                + ": mend or remove that line", e);
        }
    }
}
