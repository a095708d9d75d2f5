package org.llmrlpt.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class KernelCompilationTest {
    private static final String VECTORS = "jdk/incubator/vector/";
    private static final Set<String> INLINED = Set.of("VectorMath", "Simd", "Simd256", "SimdInts");

    @Test
    void onlyClassesThatAreAlwaysInlinedHaveMethodsThatTakeOrReturnVectors() throws Exception {
        List<String> found = new ArrayList<>();
        List<Path> classes = classes();
        for (Path file : classes) {
            var model = ClassFile.of().parse(file);
            for (MethodModel method : model.methods()) {
                String name = model.thisClass().asInternalName().replaceAll(".*/", "");
                if (method.methodType().stringValue().contains(VECTORS) && !INLINED.contains(name)) {
                    found.add(name + "." + method.methodName().stringValue());
                }
            }
        }
        assertEquals(List.of(), found);
        assertFalse(classes.isEmpty());
    }

    private static List<Path> classes() throws IOException, URISyntaxException {
        Path all = Path.of(CpuKernels.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (Stream<Path> files = Files.list(all.resolve("org/llmrlpt/kernels/cpu"))) {
            return files.filter(f -> f.toString().endsWith(".class")).toList();
        }
    }
}
