package org.llmrlpt.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostProcessorTest {
    @Test
    void readsWhatLinuxSaysOfTheProcessor(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("cpuinfo");
        assertEquals(Optional.empty(), HostProcessor.ofCpuinfo(file, "model name"));
        Files.writeString(file, "processor\t: 0\nvendor_id\t: AuthenticAMD\nmodel\t\t: 2\n"
            + "model name\t: Fast: CPU @ 3 GHz\nmodel name\t: other\n");
        assertEquals(Optional.of("Fast: CPU @ 3 GHz"), HostProcessor.ofCpuinfo(file, "model name"));
        assertEquals(Optional.of("AuthenticAMD"), HostProcessor.ofCpuinfo(file, "vendor_id"));
        assertEquals(Optional.empty(), HostProcessor.ofCpuinfo(file, "flags"));
    }
}
