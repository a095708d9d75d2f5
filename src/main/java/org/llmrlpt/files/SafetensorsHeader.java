package org.llmrlpt.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.llmrlpt.config.FileProblem;
import org.llmrlpt.config.UserError;

/**
 * The header of a safetensors file, completely checked: 8 bytes of little-endian length, that many bytes of JSON,
 * then the data. The tensors' bytes must tile the data without a gap, an overlap or a rest, and each must be as long
 * as its shape and type say; so whatever is read through a header that was accepted stays inside the file.
 *
 * @param metadata  the text entries of {@code __metadata__}
 * @param tensors   by name, in the order of their bytes
 */
record SafetensorsHeader(Map<String, String> metadata, Map<String, Placed> tensors) {
    static final String METADATA = "__metadata__";
    /** The format's own bound; it keeps a damaged length from asking for all memory. */
    static final long LONGEST = 100_000_000;
    private static final ValueLayout.OfLong LENGTH =
        ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** A tensor and where its bytes lie, counted from the start of the file. */
    record Placed(TensorInfo info, long begin, long end) { }

    /** Reads the header of {@code file}, whose whole content is {@code content}; any fault is a {@link UserError}. */
    static SafetensorsHeader parse(String file, MemorySegment content) {
        long size = content.byteSize();
        if (size < 8) {
            throw new UserError(file + " is not a safetensors file: it has only " + size + " bytes.");
        }
        long length = content.get(LENGTH, 0);
        if (length < 2 || length > LONGEST) {
            throw new UserError(file + " is not a safetensors file: it claims a header of "
                + Long.toUnsignedString(length) + " bytes.");
        }
        if (length > size - 8) {
            throw new UserError(file + " is cut short: its header has " + length + " bytes but the file only " + size
                + "; copy it again.");
        }
        JsonNode root = json(file, content.asSlice(8, length).toArray(ValueLayout.JAVA_BYTE));
        Map<String, String> metadata = new LinkedHashMap<>();
        List<Placed> placed = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : root.properties()) {
            if (entry.getKey().equals(METADATA)) {
                readMetadata(file, entry.getValue(), metadata);
            } else {
                placed.add(readTensor(file, entry.getKey(), entry.getValue(), 8 + length, size));
            }
        }
        return new SafetensorsHeader(metadata, inOrder(file, placed, 8 + length, size));
    }

    private static JsonNode json(String file, byte[] bytes) {
        if (bytes[0] != '{') {
            throw new UserError(file + " is not a safetensors file: its header is not a JSON object.");
        }
        try {
            // Decoded here because Jackson would guess at UTF-16 and UTF-32.
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return JsonFile.STRICT.readTree(text);
        } catch (CharacterCodingException e) {
            throw new UserError(file + " is damaged: its header is not UTF-8 text.", e);
        } catch (JsonProcessingException e) {
            throw new UserError(file + " is damaged: its header is not valid JSON (" + FileProblem.reason(e) + ").",
                e);
        }
    }

    private static void readMetadata(String file, JsonNode node, Map<String, String> into) {
        if (!node.isObject()) {
            throw new UserError(file + " is damaged: " + METADATA + " of its header is not a JSON object.");
        }
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            if (!entry.getValue().isTextual()) {
                throw new UserError(file + " is damaged: the entry " + entry.getKey() + " of its " + METADATA
                    + " is not text.");
            }
            into.put(entry.getKey(), entry.getValue().textValue());
        }
    }

    private static Placed readTensor(String file, String name, JsonNode node, long dataBegin, long size) {
        String where = file + ": tensor " + name + " ";
        JsonNode dtype = node.path("dtype");
        TensorType type = dtype.isTextual() ? TensorType.named(dtype.textValue()) : null;
        if (type == null) {
            throw new UserError(where + (dtype.isMissingNode() ? "has no dtype."
                : "has the unknown dtype " + dtype + "."));
        }
        List<Long> shape = counts(where, "shape", node.path("shape"));
        List<Long> offsets = counts(where, "data_offsets", node.path("data_offsets"));
        if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
            throw new UserError(where + "has data_offsets " + offsets + ", which are not a begin and an end.");
        }
        if (offsets.get(1) > size - dataBegin) {
            throw new UserError(where + "ends at byte " + offsets.get(1) + " of data but the file has only "
                + (size - dataBegin) + "; the file is cut short or damaged, copy it again.");
        }
        long bytes = offsets.get(1) - offsets.get(0);
        try {
            if (Math.multiplyExact(TensorInfo.elements(shape), (long) type.bytes()) != bytes) {
                throw new UserError(where + "has shape " + shape + " of " + type + " but " + bytes + " bytes.");
            }
        } catch (ArithmeticException e) {
            throw new UserError(where + "has the impossible shape " + shape + ".", e);
        }
        return new Placed(new TensorInfo(name, type, shape), dataBegin + offsets.get(0), dataBegin + offsets.get(1));
    }

    private static List<Long> counts(String where, String key, JsonNode node) {
        if (!node.isArray()) {
            throw new UserError(where + "has no array " + key + ".");
        }
        List<Long> counts = new ArrayList<>(node.size());
        for (JsonNode item : node) {
            if (!item.isIntegralNumber() || !item.canConvertToLong() || item.longValue() < 0) {
                throw new UserError(where + "has " + item + " in its " + key + ".");
            }
            counts.add(item.longValue());
        }
        return counts;
    }

    private static Map<String, Placed> inOrder(String file, List<Placed> placed, long dataBegin, long size) {
        placed.sort(Comparator.comparingLong(Placed::begin).thenComparingLong(Placed::end));
        Map<String, Placed> tensors = new LinkedHashMap<>();
        long at = dataBegin;
        for (Placed tensor : placed) {
            if (tensor.begin != at) {
                throw new UserError(file + ": tensor " + tensor.info.name()
                    + (tensor.begin < at ? " overlaps the one before it." : " leaves a gap before it."));
            }
            tensors.put(tensor.info.name(), tensor);
            at = tensor.end;
        }
        if (at != size) {
            throw new UserError(file + " has " + (size - at) + " bytes after its last tensor; it is damaged.");
        }
        return tensors;
    }
}
