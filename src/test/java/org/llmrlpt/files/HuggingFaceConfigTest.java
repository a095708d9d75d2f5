package org.llmrlpt.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.config.UserError;

class HuggingFaceConfigTest {
    private static final ModelShape QWEN = new ModelShape(2, 16, 4, 2, 8, 24, 29, true, true, 1e4, 1e-6, 128);
    private static final ModelShape LLAMA = new ModelShape(4, 128, 4, 4, 32, 344, 16, false, false, 1e4, 1e-6, 2048);

    @TempDir
    Path folder;

    @Test
    void theGoldenFoldersAreRead() {
        assertEquals(new HuggingFaceConfig(QWEN, 0, 1),
            HuggingFaceConfig.read(TestFiles.resource("golden/tiny_qwen3/qwen3_gqa_tied")));
        assertEquals(new ModelShape(2, 24, 3, 1, 6, 40, 33, false, true, 1e6, 1e-6, 128),
            HuggingFaceConfig.read(TestFiles.resource("golden/tiny_qwen3/qwen3_gqa_untied")).shape());
    }

    @Test
    void aForeignLlamaWithoutHeadDimIsRead() {
        assertEquals(new HuggingFaceConfig(LLAMA, OptionalInt.empty(), List.of(1), OptionalInt.of(2)),
            HuggingFaceConfig.read(TestFiles.resource("tiny_llama_hf/config.json")));
    }

    @Test
    void whatIsWrittenIsReadBack() {
        for (HuggingFaceConfig config : List.of(new HuggingFaceConfig(QWEN, 0, 1), new HuggingFaceConfig(LLAMA, 3, 3),
                new HuggingFaceConfig(LLAMA, OptionalInt.empty(), List.of(), OptionalInt.empty()),
                new HuggingFaceConfig(QWEN, OptionalInt.of(5), List.of(1, 2), OptionalInt.of(7)))) {
            config.write(folder);
            assertEquals(config, HuggingFaceConfig.read(folder));
        }
    }

    private Path changed(String json) throws IOException {
        ObjectNode config = new HuggingFaceConfig(QWEN, 0, 1).toJson();
        config.setAll((ObjectNode) JsonFile.STRICT.readTree(json));
        return Files.writeString(folder.resolve("config.json"), config.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{\"rope_scaling\":{\"rope_type\":\"default\"}, \"rope_parameters\":null, \"rope_theta\":5000.0} | 5000",
        "{\"rope_scaling\":null, \"rope_parameters\":{\"rope_theta\":5000.0}} | 5000",
        "{\"rope_scaling\":null, \"rope_parameters\":{\"rope_theta\":7,\"rope_type\":\"default\"}} | 7",
        "{\"rope_parameters\":null, \"rope_theta\":null} | 10000",
        "{\"rope_scaling\":{\"type\":\"default\",\"rope_theta\":9}, \"rope_parameters\":{\"rope_theta\":7}} | 9",
    })
    void theRopeBaseIsFoundWhereTransformersFindsIt(String json, double base) throws IOException {
        assertEquals(base, HuggingFaceConfig.read(changed(json)).shape().ropeBase());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{\"architectures\":[\"Qwen3MoeForCausalLM\"],\"model_type\":\"qwen3_moe\"}  | Qwen3MoeForCausalLM;",
        "{\"architectures\":[\"MistralForCausalLM\"]} | architecture MistralForCausalLM;",
        "{\"architectures\":[],\"model_type\":\"gpt2\"} | of model_type \"gpt2\";",
        "{\"model_type\":\"llama\"} | of model_type \"llama\";",
        "{\"attention_bias\":true} | has attention_bias true,",
        "{\"mlp_bias\":true} | has mlp_bias true,",
        "{\"use_sliding_window\":true} | has use_sliding_window true,",
        "{\"layer_types\":[\"full_attention\",\"sliding_attention\"]} | has layer_types \"sliding_a",
        "{\"num_experts\":8} | has num_experts 8,",
        "{\"quantization_config\":{}} | has quantization_config",
        "{\"hidden_act\":\"gelu\"} | has hidden_act \"gelu\",",
        "{\"rope_scaling\":{\"rope_type\":\"llama3\",\"factor\":8}} | has rope_scaling",
        "{\"rope_scaling\":{\"type\":\"linear\",\"factor\":8}} | has rope_scaling",
        "{\"rope_scaling\":{\"factor\":8}} | has rope_scaling",
        "{\"rope_scaling\":7} | has rope_scaling 7,",
        "{\"rope_parameters\":{\"rope_type\":\"yarn\"}} | has rope_parameters",
        "{\"rope_parameters\":{\"full_attention\":{\"rope_theta\":1}}} | has rope_parameters",
        "{\"rope_parameters\":{\"partial_rotary_factor\":0.5}} | has rope_parameters",
        "{\"partial_rotary_factor\":0.5} | has partial_rotary_factor 0.5,",
        "{\"hidden_size\":\"16\"} | has hidden_size \"16\", which is",
        "{\"hidden_size\":3000000000} | has hidden_size 3000000000, wh",
        "{\"head_dim\":null} | has head_dim null, which is",
        "{\"num_key_value_heads\":3} | model.kv-heads is 3 but must",
        "{\"num_attention_heads\":0} | model.heads is 0 but must",
        "{\"rms_norm_eps\":\"small\"} | has rms_norm_eps \"small\", whi",
        "{\"tie_word_embeddings\":1} | neither true nor false",
        "{\"eos_token_id\":\"</s>\"} | is not a token number",
    })
    void whatIsNotComputedOrNotUnderstoodIsRefusedBySentence(String json, String words) throws IOException {
        Path file = changed(json);
        String message = assertThrows(UserError.class, () -> HuggingFaceConfig.read(file)).getMessage();
        assertTrue(message.contains("config.json") && message.contains(words), message);
        assertTrue(message.endsWith("."), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"num_hidden_layers", "hidden_size", "num_attention_heads", "num_key_value_heads",
        "head_dim", "intermediate_size", "vocab_size", "max_position_embeddings"})
    void aMissingSizeIsNamed(String key) throws IOException {
        ObjectNode config = new HuggingFaceConfig(QWEN, 0, 1).toJson();
        config.remove(key);
        Path file = Files.writeString(folder.resolve("config.json"), config.toString());
        assertTrue(assertThrows(UserError.class, () -> HuggingFaceConfig.read(file)).getMessage()
            .endsWith("config.json has no " + key + "."));
    }

    @Test
    void aLlamaThatTransformersWouldRefuseIsNotWritten() {
        ModelShape shape = new ModelShape(2, 18, 4, 2, 8, 24, 29, true, false, 1e4, 1e-6, 128);
        assertTrue(assertThrows(UserError.class, () -> new HuggingFaceConfig(shape, 0, 1).write(folder)).getMessage()
            .contains("model.heads is 4 but must divide model.width, which is 18"));
    }

    @Test
    void aFolderWithoutConfigIsNamed() {
        assertTrue(assertThrows(UserError.class, () -> HuggingFaceConfig.read(folder)).getMessage()
            .endsWith("config.json."));
    }
}
