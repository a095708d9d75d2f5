package org.llmrlpt.files;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import org.llmrlpt.config.FileProblem;
import org.llmrlpt.config.UserError;

/** One safetensors file, mapped into memory and checked completely before anything is read from it. */
public final class SafetensorsFile implements TensorSource {
    private final Path path;
    private final Arena arena;
    private final MemorySegment content;
    private final SafetensorsHeader header;

    private SafetensorsFile(Path path, Arena arena, MemorySegment content) {
        this.path = path;
        this.arena = arena;
        this.content = content;
        this.header = SafetensorsHeader.parse(path.toString(), content);
    }

    /** Maps the file; it may be used from any thread. Any fault of the file is a {@link UserError}. */
    public static SafetensorsFile open(Path path) {
        if (!Files.exists(path)) {
            throw new UserError("There is no file " + path + ".");
        }
        if (!Files.isRegularFile(path)) {
            throw new UserError(path + " is not a file.");
        }
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return new SafetensorsFile(path, arena,
                channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
        } catch (IOException e) {
            arena.close();
            throw new UserError("Cannot read " + path + ": " + FileProblem.reason(e) + ".", e);
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /** The file's own text entries, for instance format → pt. */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(header.metadata());
    }

    @Override
    public Collection<String> names() {
        return Collections.unmodifiableSet(header.tensors().keySet());
    }

    @Override
    public boolean has(String name) {
        return header.tensors().containsKey(name);
    }

    @Override
    public TensorInfo info(String name) {
        return placed(name).info();
    }

    @Override
    public Path file(String name) {
        return path;
    }

    @Override
    public MemorySegment bytes(String name) {
        SafetensorsHeader.Placed tensor = placed(name);
        return content.asSlice(tensor.begin(), tensor.end() - tensor.begin());
    }

    private SafetensorsHeader.Placed placed(String name) {
        SafetensorsHeader.Placed tensor = header.tensors().get(name);
        if (tensor == null) {
            throw new UserError(path + " has no tensor " + name + ".");
        }
        return tensor;
    }

    @Override
    public void close() {
        arena.close();
    }
}
