package org.llmrlpt.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelShapeTest {
    @ParameterizedTest
    @CsvSource({
        "model.layers,      0,16,4,2,8,24,29,10000,1e-6,128",
        "model.width,       2,-1,4,2,8,24,29,10000,1e-6,128",
        "model.heads,       2,16,0,2,8,24,29,10000,1e-6,128",
        "model.kv-heads,    2,16,4,0,8,24,29,10000,1e-6,128",
        "model.kv-heads,    2,16,4,3,8,24,29,10000,1e-6,128",
        "model.kv-heads,    2,16,4,8,8,24,29,10000,1e-6,128",
        "model.head-width,  2,16,4,2,0,24,29,10000,1e-6,128",
        "model.head-width,  2,16,4,2,7,24,29,10000,1e-6,128",
        "model.ffn,         2,16,4,2,8,0,29,10000,1e-6,128",
        "model.vocabulary,  2,16,4,2,8,24,0,10000,1e-6,128",
        "model.rope-base,   2,16,4,2,8,24,29,0,1e-6,128",
        "model.rope-base,   2,16,4,2,8,24,29,NaN,1e-6,128",
        "model.norm-eps,    2,16,4,2,8,24,29,10000,0,128",
        "model.norm-eps,    2,16,4,2,8,24,29,10000,Infinity,128",
        "model.max-length,  2,16,4,2,8,24,29,10000,1e-6,0",
        "model.head-width,  2,16,65536,2,65536,24,29,10000,1e-6,128",
    })
    void anImpossibleValueIsRefusedByItsKey(String key, int layers, int width, int heads, int kvHeads, int headWidth,
                                            int ffn, int vocabulary, double ropeBase, double eps, int maxLength) {
        UserError error = assertThrows(UserError.class, () -> new ModelShape(layers, width, heads, kvHeads, headWidth,
            ffn, vocabulary, true, true, ropeBase, eps, maxLength));
        assertTrue(error.getMessage().contains(key), error.getMessage());
    }

    @Test
    void parametersAreCountedAsTheTinyCheckpointsHaveThem() {
        // The sizes of the golden files: data bytes / 4.
        assertEquals(23808 / 4, new ModelShape(2, 16, 4, 2, 8, 24, 29, true, true, 1e4, 1e-6, 128).parameters());
        assertEquals(39168 / 4, new ModelShape(2, 24, 3, 1, 6, 40, 33, false, true, 1e6, 1e-6, 128).parameters());
    }

    @Test
    void theWidthsOfHeadsTogetherMayDifferFromTheModelsWidth() {
        ModelShape shape = new ModelShape(2, 16, 4, 2, 8, 24, 29, true, true, 1e4, 1e-6, 128);
        assertEquals(32, shape.queryWidth());
        assertEquals(16, shape.kvWidth());
    }
}
