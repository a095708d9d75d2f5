package org.llmrlpt.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TornadoSettingsTest {
    private static final String MEMORY = "tornado.device.memory";

    private String before;

    @BeforeEach
    void forget() {
        before = System.clearProperty(MEMORY);
    }

    @AfterEach
    void restore() {
        System.clearProperty(MEMORY);
        if (before != null) {
            System.setProperty(MEMORY, before);
        }
    }

    @Test
    void aSmallFirstSessionLeavesRoomForLaterOnesOfTheSameJvm() {
        TornadoSettings.deviceMemory(1000);
        assertEquals("4096MB", System.getProperty(MEMORY), "TornadoVM's own default");
    }

    @Test
    void aLargeOneGetsWhatItNeedsRoundedUp() {
        TornadoSettings.deviceMemory((5L << 30) + 1);
        assertEquals("5121MB", System.getProperty(MEMORY));
    }

    @Test
    void aLimitOfTheUsersIsKept() {
        System.setProperty(MEMORY, "100MB");
        TornadoSettings.deviceMemory(5L << 30);
        assertEquals("100MB", System.getProperty(MEMORY));
    }
}
