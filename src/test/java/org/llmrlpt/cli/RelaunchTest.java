package org.llmrlpt.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.llmrlpt.config.UserError;

class RelaunchTest {
    private static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();

    /** A JVM without the vector module, on the class path of this one. */
    private static Process start(List<String> flags, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(JAVA, "--enable-native-access=ALL-UNNAMED"));
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(args));
        return new ProcessBuilder(command).start();
    }

    private static String text(java.io.InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void theCommandLineIsOurFlagsThenTheUsersThenTheArguments() {
        List<String> expected = new ArrayList<>(List.of("/j/bin/java", "--add-modules", "jdk.incubator.vector",
            "--add-exports=java.base/jdk.internal.vm.vector=ALL-UNNAMED", "--enable-native-access=ALL-UNNAMED",
            "-XX:MaxDirectMemorySize=16t"));
        expected.addAll(Relaunch.FLAGS.stream().filter(f -> f.startsWith("-XX:CompileCommand")).toList());
        expected.addAll(List.of("-XX:+UseSerialGC", "-Xmn32m"));
        expected.addAll(List.of("-Xmx2g", "-ea", "-Dllmrlpt.relaunched=true", "-cp", "a b.jar",
            "org.llmrlpt.cli.Main", "pretrain", "name=x y"));
        assertEquals(expected, Relaunch.command("/j/bin/java", List.of("-Xmx2g", "-ea"), "a b.jar",
                new String[] {"pretrain", "name=x y"}));
    }

    @Test
    void theUsersCollectorTakesThePlaceOfOurs() {
        List<String> command = Relaunch.command("java", List.of("-XX:+UseG1GC"), "a.jar", new String[0]);
        assertEquals(List.of("-XX:+UseG1GC"), command.stream().filter(f -> f.endsWith("GC")).toList());
    }

    @Test
    void nothingHappensWhereTheModuleIsThere() {
        assertEquals(-1, Relaunch.ifNeeded(new String[] {"--help"}));
    }

    @Test
    void aPlainJavaBecomesOneWithTheModuleInTheSameProcess() throws Exception {
        Process process = start(List.of("-Xmx300m"), "devices", "threads=1");
        String out = text(process.getInputStream());
        assertEquals(0, process.waitFor(), () -> "devices failed: " + out);
        assertTrue(out.contains("-bit vectors"), out);
    }

    @Test
    void whereAProcessCannotBeReplacedAChildRunsAndItsExitCodeIsKept() {
        List<String> command = Relaunch.command(JAVA, List.of(), System.getProperty("java.class.path"),
            new String[] {"pretrain", "no-such-setting=1"});
        assertEquals(2, Relaunch.child(command));
        String message = assertThrows(UserError.class, () -> Relaunch.child(List.of("/no/java"))).getMessage();
        assertTrue(message.startsWith("cannot start /no/java"), message);
    }

    @Test
    void exitCodesAndOddArgumentsSurvive() throws Exception {
        Process process = start(List.of("-Dstderr.encoding=UTF-8"), "pretrain", "na me 'é\" $x'=1");
        String err = text(process.getErrorStream());
        assertEquals(2, process.waitFor(), err);
        assertTrue(err.contains("there is no setting 'na me 'é\" $x''"), err);
    }

    @Test
    void thereIsNeverAThirdProcess() throws Exception {
        Process process = start(List.of("-Dllmrlpt.relaunched=true"), "--version");
        String err = text(process.getErrorStream());
        assertEquals(2, process.waitFor());
        assertTrue(err.contains("has no module jdk.incubator.vector: install a complete JDK 25"), err);
    }

    @Test
    void theStartScriptAndTheBuildUseTheSameFlags() throws IOException {
        String script = Files.readString(Path.of("scripts/llm-rlpt")).replaceAll("\\\\\n\\s*", "");
        assertTrue(script.contains(String.join(" ", Relaunch.FLAGS)), script);
        assertTrue(script.contains(Relaunch.TUNABLES + "-" + Relaunch.LARGE_PAGES), script);
        assertTrue(Files.readString(Path.of("pom.xml")).contains("<jvm.flags>" + String.join(" ", Relaunch.FLAGS)
            + "</jvm.flags>"));
    }
}
