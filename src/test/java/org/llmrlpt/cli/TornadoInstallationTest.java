package org.llmrlpt.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TornadoInstallationTest {
    @TempDir
    private Path temp;

    private Path sdk(String backends) throws IOException {
        Path home = Files.createDirectories(temp.resolve("sdk of " + backends));
        Path launcher = Files.createDirectories(home.resolve("bin")).resolve("tornado");
        Files.writeString(launcher, "#!/bin/sh\n");
        assertTrue(launcher.toFile().setExecutable(true));
        Files.createDirectories(home.resolve("etc"));
        Files.writeString(home.resolve("etc/tornado.backend"), "tornado.backends=" + backends + "\n");
        Files.writeString(home.resolve("etc/tornado.release"), "version=5.2.0-jdk25\nbranch=x\n");
        return home;
    }

    @Test
    void isFoundThroughItsVariableOrThePath() throws IOException {
        Path home = sdk("opencl-backend,ptx-backend");
        TornadoInstallation expected = new TornadoInstallation(home, "5.2.0-jdk25", List.of("opencl", "ptx"));
        assertEquals(expected, TornadoInstallation.find(Map.of("TORNADOVM_HOME", home.toString())).orElseThrow());
        Path link = Files.createSymbolicLink(temp.resolve("tornado"), home.resolve("bin/tornado"));
        String path = "/none:" + link.getParent();
        TornadoInstallation linked = TornadoInstallation.find(Map.of("PATH", path)).orElseThrow();
        assertEquals(home.toRealPath(), linked.home());
        assertTrue(TornadoInstallation.find(Map.of("PATH", "/none", "TORNADOVM_HOME", "/none")).isEmpty());
    }

    @Test
    void theArgumentFileFollowsTheBackendAndIsPartOfTheProject() throws IOException {
        List<String> backends = List.of("opencl", "ptx", "cuda");
        for (int n = 1; n <= 3; n++) {
            TornadoInstallation t = new TornadoInstallation(temp, "x", backends.subList(0, n));
            String expected = List.of("nvidia-opencl.args", "nvidia-ptx.args", "cuda.args").get(n - 1);
            assertEquals(expected, t.argumentFile(true));
            assertTrue(Files.isRegularFile(Path.of("tornado-config", t.argumentFile(true))));
            assertTrue(Files.isRegularFile(Path.of("tornado-config", t.argumentFile(false))));
        }
        assertEquals("cpu-pocl.args", new TornadoInstallation(temp, "x", List.of("opencl")).argumentFile(false));
    }

    @Test
    void theLineIsReadyForTheShellOfAnyFolder() throws IOException {
        Path home = sdk("cuda-backend");
        TornadoInstallation tornado = TornadoInstallation.find(Map.of("TORNADOVM_HOME", home.toString())).orElseThrow();
        Path jar = temp.resolve("my project/target/llm-rlpt.jar");
        String start = "JAVA_HOME=/jdk TORNADOVM_HOME='" + home + "' '" + home.resolve("bin/tornado") + "'";
        String end = " -jar '" + jar + "' pretrain model=models/small.json";
        assertEquals(start + end, tornado.commandLine(jar, Path.of("/jdk")));
        for (String folder : List.of("my project/tornado-config", "my project/target/tornado-config")) {
            Path file = Files.createDirectories(temp.resolve(folder)).resolve("cuda.args");
            Files.createFile(file);
            assertEquals(start + " --jvm='@" + file + "'" + end, tornado.commandLine(jar, Path.of("/jdk")));
        }
    }
}
