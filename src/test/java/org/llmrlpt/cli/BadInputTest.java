package org.llmrlpt.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmrlpt.files.AtomicFolder;
import org.llmrlpt.files.Checksums;

/** What users get wrong: one sentence that names the file or key, exit code 2, and nothing left behind. */
class BadInputTest {
    @TempDir
    private Path folder;
    private final Commandline commands = new Commandline();

    private void refusePretrain(String[] parts, String... settings) {
        Path run = folder.resolve("run");
        List<String> args = new ArrayList<>(List.of("pretrain", "run=" + run, "steps=1", "model.layers=1",
            "model.width=16", "model.heads=2", "model.kv-heads=2", "model.head-width=8", "model.ffn=16", "length=8",
            "batch=2"));
        for (String setting : settings) {
            String name = setting.substring(0, setting.indexOf('=') + 1);
            args.removeIf(a -> a.startsWith(name));
            args.add(setting);
        }
        commands.refuse(parts, args.toArray(String[]::new));
        assertFalse(Files.exists(run), "a run that never began leaves no folder");
    }

    private static String[] parts(String... parts) {
        return parts;
    }

    @Test
    void unknownAndIllTypedSettingsAreNamed() {
        refusePretrain(parts("optimizer.learning-rate"), "optimizer.learning-rate=1");
        refusePretrain(parts("'objective.betta'", "objective.beta"), "objective.betta=1");
        refusePretrain(parts("'batch'", "whole number", "'many'"), "batch=many");
        refusePretrain(parts("'batch'", "'0'"), "batch=0");
        refusePretrain(parts("'optimizer.lr'", "'-1'"), "optimizer.lr=-1");
        refusePretrain(parts("'schedule'", "wsd"), "schedule=cubic");
        refusePretrain(parts("'device'"), "device=tpu");
        for (String name : new String[] {"schedule", "steps", "optimizer.lr", "model.vocabulary"}) {
            refusePretrain(parts("'" + name + "'", "a value"), name + "=");
        }
        refusePretrain(parts("'data'", "a value"), "data=");
        refusePretrain(parts("'optimizer.lr'", "a number"), "optimizer.lr=0x1p-3");
        refusePretrain(parts("'seed'", "a whole number"), "seed=\u0661");
        refusePretrain(parts("'optimizer.clip'"), "optimizer.clip=1e-60");
        refusePretrain(parts("'model.active-experts'"), "model.active-experts=2");
        refusePretrain(parts("--seed=5"), "-seed=5");
        refusePretrain(parts("'device.memory'", "8GB"), "device.memory=lots");
        refusePretrain(parts("'device.memory'", "is 0"), "device.memory=0");
        refusePretrain(parts("'device.memory'", "larger than any"), "device.memory=999999999999TB");
        refusePretrain(parts("'schedule.decay-shape'", "'optimizer.min-lr'"), "schedule.decay-shape=exp",
            "optimizer.min-lr=0");
        refusePretrain(parts("'device.matmul'", "fp16", "'fp8'"), "device.matmul=fp8");
        refusePretrain(parts("'device.matmul'", "cublas", "CUDA backend", "FP32 products only", "auto"),
            "device.matmul=cublas");
        refusePretrain(parts("'device.matmul'", "fp16", "FP32 products only", "auto"), "device.matmul=fp16");
        refusePretrain(parts("'device.matmul'", "cublas-fp32", "CUDA backend", "FP32 and FP16"), "device=gpu",
            "device.matmul=cublas-fp32");
        refusePretrain(parts("'device.cuda-graphs'", "PTX", "CUDA"), "device.cuda-graphs=true");
        refusePretrain(parts("'tokens-per-step'", "multiple"), "tokens-per-step=17");
        refusePretrain(parts("'tokens-per-step'"), "tokens-per-step=1099511627776");
        refusePretrain(parts("'batch'", "'length'"), "batch=65536", "length=65536");
        refusePretrain(parts("optimizer.min-lr"), "optimizer.min-lr=5");
    }

    @Test
    void impossibleModelsAreRefused() throws IOException {
        refusePretrain(parts("model.kv-heads", "model.heads"), "model.heads=3");
        refusePretrain(parts("model.head-width", "even"), "model.head-width=7");
        refusePretrain(parts("model.vocabulary", "257"), "model.vocabulary=100");
        refusePretrain(parts("no model file", "nowhere.json"), "model=nowhere.json");
        refusePretrain(parts("mixture of experts"), "model=models/moe-5b-a0.3b.json");
        refusePretrain(parts("model.max-length", "length"), "model.max-length=4");
        // A Llama folder could not hold it: said before the first step, not at the first checkpoint.
        refusePretrain(parts("model.heads", "model.width"), "model.qk-norm=false", "model.heads=3", "model.kv-heads=3");
        Path broken = Files.writeString(folder.resolve("broken.json"), "{\"layers\": ");
        refusePretrain(parts("broken.json", "JSON"), "model=" + broken);
        refusePretrain(parts("open.json", "Unexpected end-of-input"), "config="
            + Files.writeString(folder.resolve("open.json"), "{"));
    }

    @Test
    void aModelLargerThanTheMemoryIsRefusedBeforeItIsAllocated() {
        refusePretrain(parts("needs", "device.memory"), "device.memory=1MB", "model.width=256", "model.heads=4",
            "model.head-width=64", "model.kv-heads=4");
    }

    @Test
    void badDataIsNamed() throws IOException {
        refusePretrain(parts("missing.txt"), "data=" + folder.resolve("missing.txt"));
        refusePretrain(parts("empty.txt"), "data=" + Files.createFile(folder.resolve("empty.txt")));
        refusePretrain(parts("3 tokens", "length 64"), "data=" + Files.writeString(folder.resolve("short.txt"), "hi"),
            "length=64");
        byte[] binary = new byte[4096];
        new Random(1).nextBytes(binary);
        refusePretrain(parts("binary.bin"), "data=" + Files.write(folder.resolve("binary.bin"), binary));
        refusePretrain(parts("bad.jsonl", "1"), "data=" + Files.writeString(folder.resolve("bad.jsonl"), "{oops\n"));
        refusePretrain(parts("field.jsonl", "text"), "data=" + Files.writeString(folder.resolve("field.jsonl"),
            "{\"words\": \"a\"}\n"));
        refusePretrain(parts("cut.gz"), "data=" + Files.write(folder.resolve("cut.gz"), new byte[] {31, -117, 8, 0,
            0}));
        refusePretrain(parts("no-tokenizer.json"), "tokenizer=" + folder.resolve("no-tokenizer.json"));
    }

    @Test
    void aDamagedShardIsNamed() throws IOException {
        Path text = Files.writeString(folder.resolve("t.txt"), "some words to learn ".repeat(200));
        Path prepared = folder.resolve("prepared");
        commands.succeed("data", "prepare", "data=" + text, "output=" + prepared);
        Path shard = prepared.resolve("train-00000.tokens");
        try (FileChannel channel = FileChannel.open(shard, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {1}), channel.size() - 7);
        }
        refusePretrain(parts("train-00000.tokens"), "data=" + prepared);
        try (FileChannel channel = FileChannel.open(shard, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() / 2);
        }
        refusePretrain(parts("train-00000.tokens"), "data=" + prepared);
    }

    @Test
    @Tag("programs")
    void aDamagedCheckpointIsNamedAndNothingIsLost() throws IOException {
        Path run = folder.resolve("good");
        commands.succeed("pretrain", "run=" + run, "steps=2", "model.layers=1", "model.width=16", "model.heads=2",
            "model.kv-heads=2", "model.head-width=8", "model.ffn=16", "length=8", "batch=2", "checkpoint.every=1",
            "data.builtin-megabytes=0.02", "sample.every=0");
        Path newest = run.resolve("checkpoints/step-000002");
        Path weights = newest.resolve("model.safetensors");
        byte[] whole = Files.readAllBytes(weights);
        byte[] damaged = whole.clone();
        damaged[damaged.length / 2] ^= 1;
        Files.write(weights, damaged);
        commands.refuse(parts("step-000002", "step-000001"), "pretrain", "resume=" + run);
        commands.refuse(parts("step-000002"), "eval", "model=" + run, "data=" + folder);
        commands.refuse(parts("step-000002", "model.safetensors", "checksum"), "generate", "model=" + newest);
        Files.delete(newest.resolve(Checksums.FILE));
        commands.succeed("generate", "model=" + newest, "tokens=2");
        Files.write(weights, Arrays.copyOf(whole, whole.length - 100));
        commands.refuse(parts("model.safetensors"), "generate", "model=" + newest);
        Files.write(weights, whole);
        commands.succeed("generate", "model=" + newest, "tokens=2");
    }

    @Test
    @Tag("programs")
    void tokensOfOtherVocabulariesAndOtherDataAreRefused() throws IOException {
        Path text = Files.writeString(folder.resolve("t.txt"), "some words to learn ".repeat(200));
        Path bytes = folder.resolve("bytes");
        Path pairs = folder.resolve("pairs");
        Path tokenizer = folder.resolve("tokenizer");
        commands.succeed("data", "prepare", "data=" + text, "output=" + bytes);
        commands.succeed("data", "train-tokenizer", "data=" + text, "vocabulary=270", "output=" + tokenizer);
        commands.succeed("data", "prepare", "data=" + text, "tokenizer=" + tokenizer, "output=" + pairs);
        refusePretrain(parts("another tokenizer", "bytes"), "data=" + pairs, "tokenizer=bytes");
        Path run = folder.resolve("good");
        commands.succeed("pretrain", "run=" + run, "steps=2", "model.layers=1", "model.width=16", "model.heads=2",
            "model.kv-heads=2", "model.head-width=8", "model.ffn=16", "length=8", "batch=2", "checkpoint.every=1",
            "data=" + bytes, "sample.every=0", "evaluate.tokens=16");
        commands.refuse(parts("270 tokens", "only 257"), "generate", "model=" + run, "tokenizer=" + tokenizer);
        commands.refuse(parts("another tokenizer"), "eval", "model=" + run, "data=" + pairs);
        AtomicFolder.delete(run.resolve("checkpoints/step-000002"));
        Files.delete(run.resolve("summary.json"));
        AtomicFolder.delete(bytes);
        Files.writeString(text, "entirely different words ".repeat(200));
        commands.succeed("data", "prepare", "data=" + text, "output=" + bytes);
        commands.refuse(parts("step-000001", "same data"), "pretrain", "resume=" + run);
    }

    @Test
    void evalAndGenerateSayWhatIsMissing() throws IOException {
        commands.refuse(parts("'model'"), "generate");
        commands.refuse(parts("nowhere"), "generate", "model=" + folder.resolve("nowhere"));
        commands.refuse(parts("config.json"), "generate", "model=" + folder);
        commands.refuse(parts("'model' and 'checkpoint'"), "generate", "model=a", "checkpoint=b");
        commands.refuse(parts("data=FILE"), "eval", "model=" + folder);
        commands.refuse(parts("'checkpoint'"), "eval", "task=addition");
    }
}
