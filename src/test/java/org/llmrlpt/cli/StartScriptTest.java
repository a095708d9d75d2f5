package org.llmrlpt.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The start script in a copy of the project, with JDKs and a Maven that only say that they were called. */
@DisabledOnOs(OS.WINDOWS)
class StartScriptTest {
    @TempDir
    private Path temp;
    private Path project;
    private Path tools;
    private final Map<String, String> environment = new HashMap<>();

    private record Result(int code, String out, String err) {
    }

    @BeforeEach
    void makeProject() throws IOException {
        project = Files.createDirectories(temp.resolve("my project"));
        for (String folder : List.of("scripts", "src/main/java", "src/fallback", "models")) {
            Files.createDirectories(project.resolve(folder));
        }
        Files.copy(Path.of("scripts/llm-rlpt"), project.resolve("scripts/llm-rlpt"));
        Files.writeString(project.resolve("pom.xml"), "<project/>");
        Files.writeString(project.resolve("src/main/java/A.java"), "class A { }");
        tools = Files.createDirectories(temp.resolve("tools"));
        for (String tool : List.of("bash", "dirname", "readlink", "sed", "find", "touch", "mkdir")) {
            executable(tools.resolve(tool), "#!/bin/sh\nexec " + which(tool) + " \"$@\"\n");
        }
        // A home without JDKs; the machine's own under /usr/lib/jvm are found all the same, after JAVA_HOME.
        environment.put("HOME", Files.createDirectories(temp.resolve("home")).toString());
        environment.put("JAVA_HOME", jdk(temp.resolve("jdk 25"), "25.0.9").toString());
        environment.put("PATH", tools.toString());
    }

    private static Path which(String tool) {
        return List.of("/usr/bin", "/bin").stream().map(f -> Path.of(f, tool)).filter(Files::isExecutable).findFirst()
            .orElseThrow();
    }

    private static void executable(Path file, String text) throws IOException {
        Files.writeString(file, text);
        assertTrue(file.toFile().setExecutable(true));
    }

    private static Path jdk(Path home, String version) throws IOException {
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        executable(home.resolve("bin/java"), "#!/bin/sh\necho \"java of $0\"\nfor a; do echo \"[$a]\"; done\nexit 7\n");
        executable(home.resolve("bin/javac"), "#!/bin/sh\n");
        return home;
    }

    private void maven() throws IOException {
        executable(tools.resolve("mvn"), "#!/bin/sh\necho \"mvn $* with $JAVA_HOME\"\nmkdir -p target/lib\n"
            + "touch target/llm-rlpt.jar target/lib/tornado-api-fallback.jar\n");
    }

    private Path built() throws IOException {
        Path jar = project.resolve("target/llm-rlpt.jar");
        Files.createDirectories(jar.resolveSibling("lib"));
        Files.writeString(jar, "");
        Files.writeString(jar.resolveSibling("lib").resolve("tornado-api-fallback.jar"), "");
        return jar;
    }

    private Result run(Path script, Path folder, String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("/bin/bash", script.toString()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), out, err);
    }

    private Result run(String... args) throws IOException, InterruptedException {
        return run(project.resolve("scripts/llm-rlpt"), temp, args);
    }

    @Test
    void buildsOnceAndThenStartsJavaWithOurFlagsAndTheArgumentsAsTheyAre() throws Exception {
        maven();
        Result first = run("pretrain", "name=a  b", "*");
        assertEquals(7, first.code(), first.err());
        String jdk = environment.get("JAVA_HOME");
        assertTrue(first.err().contains("mvn -q -B -ntp -Dmaven.test.skip "), first.err());
        assertTrue(first.err().contains(" package with " + jdk), first.err());
        assertEquals("java of " + jdk + "/bin/java", first.out().lines().findFirst().orElse(""));
        List<String> expected = new ArrayList<>(Relaunch.FLAGS);
        String jar = project.resolve("target/llm-rlpt.jar").toString();
        expected.addAll(List.of("-jar", jar, "pretrain", "name=a  b", "*"));
        assertEquals(expected.stream().map(a -> "[" + a + "]").toList(), first.out().lines().skip(1).toList());
        assertEquals("", run("pretrain").err());
    }

    @Test
    void buildsAgainWhenASourceIsNewerThanTheJar() throws Exception {
        maven();
        Path jar = built();
        assertEquals("", run().err());
        Path source = project.resolve("src/main/java/A.java");
        Files.setLastModifiedTime(source, FileTime.fromMillis(Files.getLastModifiedTime(jar).toMillis() + 60_000));
        assertTrue(run().err().contains("mvn "));
    }

    /** In which Java would not understand other letters in arguments and file names. */
    @Test
    void anAsciiLocaleIsReplaced() throws Exception {
        built();
        executable(Path.of(environment.get("JAVA_HOME"), "bin/java"), "#!/bin/sh\necho \"LC_ALL=$LC_ALL\"\n");
        executable(tools.resolve("locale"), "#!/bin/sh\necho ANSI_X3.4-1968\n");
        assertEquals("LC_ALL=C.UTF-8", run().out().strip());
        executable(tools.resolve("locale"), "#!/bin/sh\necho UTF-8\n");
        assertEquals("LC_ALL=", run().out().strip());
    }

    @Test
    void worksThroughSymbolicLinksFromAnyFolder() throws Exception {
        built();
        Path link = Files.createSymbolicLink(temp.resolve("a link"), Path.of("my project/scripts/llm-rlpt"));
        Path second = Files.createSymbolicLink(tools.resolve("rlpt"), link);
        assertEquals(7, run(second, project.resolve("models")).code());
    }

    @Test
    void aJavaHomeOfAnotherVersionIsPassedOver() throws Exception {
        built();
        environment.put("JAVA_HOME", jdk(temp.resolve("jdk17"), "17.0.1").toString());
        Path good = jdk(temp.resolve("home/.sdkman/candidates/java/25-tem"), "25");
        Result result = run("--version");
        assertFalse(result.out().contains("jdk17"), result.out());
        // Another JDK 25 of the machine may come first; without one it is that of the home folder.
        assertTrue(result.out().contains(good.toString()) || !result.out().startsWith("java of " + temp), result.out());
    }

    @Test
    void aMissingMavenIsOneSentence() throws Exception {
        Result result = run("pretrain");
        assertEquals(2, result.code());
        assertEquals("llm-rlpt: the program must be built first, but there is no Maven: install Maven 3.8 or newer",
            result.err().strip());
    }

    @Test
    void aFailedBuildIsOneSentenceAfterMavensOwn() throws Exception {
        executable(tools.resolve("mvn"), "#!/bin/sh\necho broken\nexit 1\n");
        Result result = run("pretrain");
        assertEquals(2, result.code());
        assertEquals(List.of("broken", "llm-rlpt: the build failed: see Maven's messages above"),
            result.err().lines().skip(1).toList());
        assertEquals("", result.out());
    }

    @Test
    void noJdk25IsOneSentence() throws Exception {
        built();
        // With the usual places out of sight: the script's own list is the only one that names them.
        Path script = project.resolve("scripts/llm-rlpt");
        String text = Files.readString(script);
        Files.writeString(script, text.replace("/usr/lib/jvm/*", temp + "/none/*").replace("/opt/*", temp + "/none/*")
            .replace("/Library/Java", temp + "/none"));
        environment.put("JAVA_HOME", jdk(temp.resolve("jdk26"), "26").toString());
        Result result = run("pretrain");
        assertEquals(2, result.code(), result.out());
        assertEquals("llm-rlpt: found no JDK 25: install one, for example Temurin 25, or set JAVA_HOME to its folder",
            result.err().strip());
    }
}
