package org.llmrlpt.files;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.llmrlpt.config.UserError;

/** A checkpoint in several safetensors files, bound together by a {@code model.safetensors.index.json}. */
public final class ShardedSafetensors implements TensorSource {
    private final Path index;
    private final Map<String, SafetensorsFile> shards = new LinkedHashMap<>();
    private final Map<String, SafetensorsFile> tensors = new LinkedHashMap<>();

    private ShardedSafetensors(Path index) {
        this.index = index;
    }

    /** Opens every file that the index names, and checks that each holds what the index says. */
    public static ShardedSafetensors open(Path index) {
        ShardedSafetensors opened = new ShardedSafetensors(index);
        try {
            opened.openShards(JsonFile.readObject(index).path("weight_map"));
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private void openShards(JsonNode map) {
        if (!map.isObject() || map.isEmpty()) {
            throw new UserError(index + " has no weight_map from tensors to files.");
        }
        for (Map.Entry<String, JsonNode> entry : map.properties()) {
            String tensor = entry.getKey();
            String name = entry.getValue().asText("");
            // Only files beside the index: a downloaded index must not reach elsewhere.
            if (!name.endsWith(".safetensors") || name.contains("/") || name.contains("\\") || name.contains("\0")) {
                throw new UserError(index + " puts tensor " + tensor + " into " + entry.getValue()
                    + ", which is not a .safetensors file beside it.");
            }
            SafetensorsFile shard = shards.get(name);
            if (shard == null) {
                shard = SafetensorsFile.open(index.resolveSibling(name));
                shards.put(name, shard);
            }
            if (!shard.has(tensor)) {
                throw new UserError(index + " puts tensor " + tensor + " into " + name + ", which does not hold it.");
            }
            tensors.put(tensor, shard);
        }
    }

    @Override
    public Collection<String> names() {
        return Collections.unmodifiableSet(tensors.keySet());
    }

    @Override
    public boolean has(String name) {
        return tensors.containsKey(name);
    }

    @Override
    public TensorInfo info(String name) {
        return shard(name).info(name);
    }

    @Override
    public Path file(String name) {
        return shard(name).file(name);
    }

    @Override
    public MemorySegment bytes(String name) {
        return shard(name).bytes(name);
    }

    private SafetensorsFile shard(String name) {
        SafetensorsFile shard = tensors.get(name);
        if (shard == null) {
            throw new UserError(index + " has no tensor " + name + ".");
        }
        return shard;
    }

    @Override
    public void close() {
        shards.values().forEach(SafetensorsFile::close);
    }
}
