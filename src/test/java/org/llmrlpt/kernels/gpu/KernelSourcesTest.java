package org.llmrlpt.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What TornadoVM compiles to wrong code or never finishes, in silence, does not stand in the kernels' sources. */
class KernelSourcesTest {
    private static final Path FOLDER = Path.of("src/main/java/org/llmrlpt/kernels/gpu");
    private static final Pattern KERNEL =
        Pattern.compile("static void (k\\w+)\\(([^)]*)\\) \\{(.*?)\\n    }\\n", Pattern.DOTALL);
    private static final Pattern HELPER = Pattern.compile("static (?!void k)[\\w\\[\\]]+ \\w+\\(([^)]*)\\)");

    @Test
    void noKernelUsesWhatTornadoVmCompilesWrongly() throws IOException {
        for (String source : sources()) {
            for (String forbidden : List.of("||", ">>>", "NaN", "INFINITY", "Bits(", "throw ", "atomicAdd",
                "globalBarrier")) {
                assertFalse(source.contains(forbidden), forbidden + " in " + name(source));
            }
            for (String line : source.lines().toList()) {
                assertTrue(line.indexOf("&&") == line.lastIndexOf("&&"), "more than one condition in: " + line);
            }
        }
    }

    @Test
    void noMethodGetsALocalArrayAsAnArgument() throws IOException {
        for (String source : sources()) {
            for (MatchResult method : HELPER.matcher(source).results().toList()) {
                assertFalse(method.group(1).contains("[]"), method.group());
            }
        }
    }

    @Test
    void everyKernelWritesOnlyTheLastOfItsArrays() throws IOException {
        for (String source : sources()) {
            int kernels = 0;
            for (MatchResult kernel : KERNEL.matcher(source).results().toList()) {
                kernels++;
                if (List.of("kAdamW", "kHalfProduct").contains(kernel.group(1))) {
                    continue; // they write several, which those who record them require to be in as many arenas
                }
                List<String> arrays = names("(?:Float|Int)Array (\\w+)", kernel.group(2));
                List<String> written = names("(?:mmaStore\\(\\w+, )?(\\w+)(?:\\.set\\(|, \\d+, first)",
                    kernel.group(3)).stream().distinct().toList();
                assertEquals(List.of(arrays.getLast()), written, kernel.group(1));
            }
            assertEquals(names("static void k(\\w+)", source).size(), kernels, "kernels found in " + name(source));
        }
    }

    @Test
    void onlyWhatWasJustReadIsRoundedToFp16() throws IOException {
        Pattern rounded = Pattern.compile("new HalfFloat\\((\\w+)\\)");
        int found = 0;
        for (String source : sources()) {
            List<String> lines = source.lines().toList();
            for (int i = 0; i < lines.size(); i++) {
                Matcher half = rounded.matcher(lines.get(i));
                if (half.find()) {
                    found++;
                    assertTrue(lines.get(i - 1).strip().matches("float " + half.group(1) + " = \\w+\\.get\\(.*\\);"),
                        lines.get(i - 1));
                }
            }
        }
        assertTrue(found >= 4, found + " found");
    }

    private static List<String> names(String pattern, String text) {
        List<String> names = new ArrayList<>();
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }

    private static String name(String source) {
        return names("class (\\w+)", source).getFirst();
    }

    /** The sources of all classes with kernels or their helpers, without comments. */
    private static List<String> sources() throws IOException {
        List<String> sources = new ArrayList<>();
        try (Stream<Path> files = Files.list(FOLDER)) {
            for (Path file : files.sorted().toList()) {
                String source = Files.readString(file).replaceAll("(?s)/\\*.*?\\*/", "").replaceAll("//.*", "");
                if (source.contains("import uk.ac.manchester.tornado")) {
                    sources.add(source);
                }
            }
        }
        return sources;
    }
}
