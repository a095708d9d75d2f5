package org.llmrlpt.files;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.llmrlpt.config.UserError;

/**
 * Named tensors in files. Reading copies and converts into memory of the caller's; the destination's element offset
 * counts elements of the destination. A tensor that is missing or of an unfitting type is a {@link UserError}; a
 * destination that is too small is an {@link IndexOutOfBoundsException}.
 */
public interface TensorSource extends AutoCloseable {
    /** The name of a Hugging Face folder's only weights file. */
    String SINGLE = "model.safetensors";
    /** The name of the index of a Hugging Face folder with several weights files. */
    String INDEX = "model.safetensors.index.json";

    /** The weights at {@code path}: a .safetensors file, a .safetensors.index.json, or a folder with one of them. */
    static TensorSource open(Path path) {
        if (!Files.isDirectory(path)) {
            return path.toString().endsWith(".index.json") ? ShardedSafetensors.open(path)
                : SafetensorsFile.open(path);
        }
        if (Files.exists(path.resolve(SINGLE))) { return SafetensorsFile.open(path.resolve(SINGLE)); }
        if (Files.exists(path.resolve(INDEX))) { return ShardedSafetensors.open(path.resolve(INDEX)); }
        throw new UserError(path + " holds neither " + SINGLE + " nor " + INDEX + ".");
    }

    /** All names, in the order of the file. */
    Collection<String> names();

    /** Whether there is a tensor of that name. */
    boolean has(String name);

    /** Type and shape of a tensor. */
    TensorInfo info(String name);

    /** The file that holds a tensor, for messages. */
    Path file(String name);

    /** The tensor's bytes, mapped and read-only, little-endian, at any alignment; valid until {@link #close}. */
    MemorySegment bytes(String name);

    /** Copies an F32, F16, BF16 or F64 tensor as 32-bit floats; all but F64 (rounded to nearest) exactly. */
    default void copyFloats(String name, MemorySegment destination, long elementOffset) {
        TensorInfo info = info(name);
        MemorySegment bytes = bytes(name);
        switch (info.type()) {
            case F32 -> TensorConversion.copy(info.type(), bytes, destination, elementOffset, info.elements());
            case F16 -> TensorConversion.f16ToF32(bytes, destination, elementOffset, info.elements());
            case BF16 -> TensorConversion.bf16ToF32(bytes, destination, elementOffset, info.elements());
            case F64 -> TensorConversion.f64ToF32(bytes, destination, elementOffset, info.elements());
            default -> throw wrongType(info, "floating-point numbers");
        }
    }

    /** Copies an I64 tensor. */
    default void copyLongs(String name, MemorySegment destination, long elementOffset) {
        TensorInfo info = info(name);
        if (info.type() != TensorType.I64) { throw wrongType(info, "integers of 64 bits"); }
        TensorConversion.copy(info.type(), bytes(name), destination, elementOffset, info.elements());
    }

    /** The tensor, if it is there and has this shape; a {@link UserError} that names both shapes otherwise. */
    default void expect(String name, long... shape) {
        TensorInfo info = info(name);
        List<Long> wanted = Arrays.stream(shape).boxed().toList();
        if (!info.shape().equals(wanted)) {
            throw new UserError(file(name) + ": tensor " + name + " has shape " + info.shape()
                + " but the model needs " + wanted + ": config.json and weights do not belong together.");
        }
    }

    private UserError wrongType(TensorInfo info, String wanted) {
        return new UserError(file(info.name()) + ": tensor " + info.name() + " is " + info.type() + " but must be "
            + wanted + ".");
    }

    @Override
    void close();
}
