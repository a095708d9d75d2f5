package org.llmrlpt.data.prepare;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.llmrlpt.config.FileProblem;
import org.llmrlpt.config.UserError;
import org.llmrlpt.files.TextFiles;

/**
 * The documents of text and .jsonl files, plain or .gz, in the order given; a folder stands for all such files below
 * it, sorted by path. Files are read as streams, never whole.
 */
public final class FileDocuments implements DocumentSource {
    private static final int BUFFER_BYTES = 1 << 18;
    private static final List<String> TEXT_ENDINGS = List.of(".txt", ".text", ".md", ".jsonl");

    private final PreparationSettings settings;
    private final List<Path> files = new ArrayList<>();
    private final List<Path> skipped = new ArrayList<>();
    private long totalBytes;
    private long bytesRead;

    /**
     * Finds the files.
     *
     * @throws UserError when a path is missing, or nothing to read is found
     */
    public FileDocuments(List<Path> inputs, PreparationSettings settings) {
        this.settings = settings;
        for (Path input : inputs) {
            if (Files.isDirectory(input)) {
                addFolder(input);
            } else if (Files.exists(input) && !Files.isRegularFile(input)) {
                throw new UserError(input + " is a pipe or a device, and text is read more than once: give a file.");
            } else if (Files.isReadable(input)) {
                files.add(input);
            } else if (Files.exists(input)) {
                throw new UserError("Cannot read " + input + "; check its permissions.");
            } else {
                throw new UserError("There is no file or folder " + input + "; check the path.");
            }
        }
        if (files.isEmpty()) {
            throw new UserError("There is nothing to read in " + join(inputs) + "; give text files (.txt, .text, .md),"
                    + " .jsonl files, or either of them as .gz.");
        }
        try {
            for (Path file : files) {
                totalBytes += Files.size(file);
            }
        } catch (IOException e) {
            throw FileProblem.reading(join(inputs), e);
        }
        if (totalBytes == 0) {
            throw new UserError(join(inputs) + " is empty: give files with text in them.");
        }
    }

    private static String join(List<Path> paths) {
        return String.join(", ", paths.stream().map(Path::toString).toList());
    }

    private void addFolder(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            all.filter(Files::isRegularFile).filter(f -> !isHidden(folder.relativize(f))).sorted()
                    .forEach(f -> (isText(f) ? files : skipped).add(f));
        } catch (IOException e) {
            throw FileProblem.reading("the folder " + folder, e);
        } catch (UncheckedIOException e) {
            throw FileProblem.reading("the folder " + folder, e.getCause());
        }
    }

    private static boolean isHidden(Path relative) {
        for (Path part : relative) {
            if (part.toString().startsWith(".")) {
                return true;
            }
        }
        return false;
    }

    private static boolean isText(Path file) {
        return TEXT_ENDINGS.stream().anyMatch(TextFiles.plainName(file)::endsWith);
    }

    /** The files in the given folders that are left out, because their names do not end like text. */
    public List<Path> skipped() {
        return List.copyOf(skipped);
    }

    @Override
    public long totalBytes() {
        return totalBytes;
    }

    @Override
    public long bytesRead() {
        return bytesRead;
    }

    @Override
    public void read(DocumentSink sink) {
        bytesRead = 0;
        for (Path file : files) {
            if (sink.isFull()) {
                return;
            }
            try (InputStream raw = new Counting(new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES));
                    InputStream in = TextFiles.text(file, raw)) {
                if (TextFiles.plainName(file).endsWith(".jsonl")) {
                    readLines(file, in, sink);
                } else {
                    readText(file, in, sink);
                }
            } catch (IOException e) {
                throw FileProblem.reading(file, e);
            }
        }
    }

    private void readLines(Path file, InputStream in, DocumentSink sink) throws IOException {
        JsonDocuments lines = new JsonDocuments(file, settings.field(), sink);
        stream(in, sink, lines::add);
        if (!sink.isFull()) {
            lines.end();
        }
    }

    private void readText(Path file, InputStream in, DocumentSink sink) throws IOException {
        TextCheck check = settings.acceptBinary() ? null : new TextCheck(file);
        Separator separator = new Separator(settings.separator(), sink);
        stream(in, sink, (bytes, from, to) -> {
            if (check != null) {
                check.add(bytes, from, to);
            }
            separator.add(bytes, from, to);
        });
        if (check != null && !sink.isFull()) {
            check.end();
        }
        separator.end();
    }

    @FunctionalInterface
    private interface Bytes {
        void add(byte[] bytes, int from, int to);
    }

    /** Sends the whole stream, or until the sink is full. */
    private static void stream(InputStream in, DocumentSink sink, Bytes to) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        while (!sink.isFull()) {
            int length = in.read(buffer, 0, buffer.length);
            if (length < 0) {
                return;
            }
            to.add(buffer, 0, length);
        }
    }

    /** Counts the bytes read, so that progress can be told in bytes as stored. */
    private final class Counting extends FilterInputStream {
        Counting(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int b = in.read();
            bytesRead += b < 0 ? 0 : 1;
            return b;
        }

        @Override
        public int read(byte[] to, int at, int length) throws IOException {
            int n = in.read(to, at, length);
            bytesRead += Math.max(0, n);
            return n;
        }
    }
}
