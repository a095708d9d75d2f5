package org.llmrlpt.kernels.cpu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Tells the JIT compiler how to treat the kernels, in the running JVM, so that programs that embed this one need no
 * compiler flag. Left alone it decides by chance, of the order in which methods get hot:
 * <ul>
 * <li>A small method that takes or returns vectors, such as {@link VectorMath#exp}, may be compiled on its own first
 * and is then thought too big to be inlined. Each vector that passes it is an object from then on, and the kernel stays
 * a hundred times slower for good. So these methods are all in {@link VectorMath} and {@link Simd}, which the
 * optimising compiler always inlines, and the fast one never: it would run out of virtual registers in a tile, and it
 * takes less time.
 * <li>A caller may swallow so many loops that the compiler reaches its limit of nodes inside one of them, and leaves a
 * call there, with the same end. So nothing else of this package is inlined: a loop over vectors is a method of its
 * own, and is compiled on its own. The one exception is a tile that wants constants from each of its two callers.
 * <li>Vectors of several widths pass the same methods of the Vector API, whose profiles then lead the compiler astray,
 * again by chance: {@link VectorMath#exactly}.
 * <li>Until a kernel is compiled, each vector operation is a call. So a thread waits until its kernel is compiled; for
 * the fast compiler too, whose code is to be profiled before the optimising one begins, and without a full profile that
 * one leaves objects in a kernel.
 * <li>The optimising compiler leaves out what would only make it late: what kernels inline, the insides of the Vector
 * API, which are hot until then and worth nothing afterwards, and what makes the classes of lambdas.
 * </ul>
 */
final class KernelCompilation {
    private static final String DIRECTIVES = """
        [{
          match: ["org/llmrlpt/kernels/cpu/VectorMath.*", "org/llmrlpt/kernels/cpu/Memory.*",
            "org/llmrlpt/kernels/cpu/SmallProduct.tile", "org/llmrlpt/kernels/cpu/Simd*.*"],
          c1: { inline: ["-org/llmrlpt/kernels/cpu/*.*"] },
          c2: { Exclude: true }
        }, {
          match: ["org/llmrlpt/kernels/cpu/*.*"],
          c1: { BackgroundCompilation: false, inline: ["-org/llmrlpt/kernels/cpu/*.*"] },
          c2: {
            BackgroundCompilation: false,
            inline: ["+org/llmrlpt/kernels/cpu/VectorMath.*", "+org/llmrlpt/kernels/cpu/Memory.*",
              "+org/llmrlpt/kernels/cpu/SmallProduct.tile", "+org/llmrlpt/kernels/cpu/Simd*.*",
              "-org/llmrlpt/kernels/cpu/*.*"]
          }
        }, {
          match: ["jdk/incubator/vector/*.*", "jdk/internal/vm/vector/*.*", "java/lang/invoke/MethodType*.*",
            "jdk/internal/classfile/*.*", "jdk/internal/constant/*.*"],
          c2: { Exclude: true }
        }]
        """;

    static {
        try {
            Path file = Files.createTempFile("llm-rlpt-compiler-", ".json");
            try {
                Files.writeString(file, DIRECTIVES);
                ManagementFactory.getPlatformMBeanServer().invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"), "compilerDirectivesAdd",
                    new Object[] {new String[] {file.toString()}}, new String[] {String[].class.getName()});
            } finally {
                Files.delete(file);
            }
        } catch (JMException e) {
            // A JVM other than HotSpot has no such command. It computes the same.
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write a temporary file", e);
        }
    }

    private KernelCompilation() {
    }

    /** Takes effect at the first call; to be called before the first kernel runs. */
    static void prepare() {
        // The work is done when this class is initialised, once.
    }
}
