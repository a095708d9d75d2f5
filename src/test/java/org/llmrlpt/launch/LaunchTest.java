package org.llmrlpt.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class LaunchTest {
    private static final int CLASS_FILE_OF_JAVA_8 = 52;

    @Test
    void knowsOldAndNewJavasByTheirSpecificationVersion() {
        assertFalse(Launch.isEnough("1.8"));
        assertFalse(Launch.isEnough("17"));
        assertFalse(Launch.isEnough("24"));
        assertTrue(Launch.isEnough("25"));
        assertTrue(Launch.isEnough("26"));
    }

    @Test
    void isCompiledForJava8SoThatOldJavasCanRunIt() throws IOException {
        try (var in = new DataInputStream(Launch.class.getResourceAsStream("Launch.class"))) {
            assertEquals(0xCAFEBABE, in.readInt());
            in.readUnsignedShort();
            assertEquals(CLASS_FILE_OF_JAVA_8, in.readUnsignedShort());
        }
    }
}
