package org.llmrlpt.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.llmrlpt.config.UserError;
import uk.ac.manchester.tornado.api.exceptions.TornadoBailoutRuntimeException;
import uk.ac.manchester.tornado.api.exceptions.TornadoInternalError;

class FailuresTest {
    private static String sentence(Throwable t) {
        return Failures.sentence(t).orElse("(a bug)");
    }

    @Test
    void aPathThatCannotBeIsNoBug() {
        String sentence = sentence(new InvalidPathException("a\0b", "Nul character not allowed"));
        assertTrue(sentence.contains("Nul character") && sentence.contains("LC_ALL"), sentence);
    }

    @Test
    void aUsersMistakeIsFoundBelowTheExceptionsThatCarriedIt() {
        assertEquals("mend x", sentence(new CompletionException(new RuntimeException(new UserError("mend x")))));
    }

    @Test
    void aFullHeapNamesHeapAndBatch() {
        String sentence = sentence(new OutOfMemoryError("Java heap space"));
        assertTrue(sentence.contains("Java's heap is full") && sentence.contains("batch"), sentence);
    }

    @Test
    void exhaustedMemoryOutsideTheHeapIsNotBlamedOnTheHeap() {
        String sentence = sentence(new OutOfMemoryError("Cannot reserve 8 bytes of direct buffer memory (limit: 4)"));
        assertTrue(sentence.contains("outside Java's heap") && sentence.contains("MaxDirectMemorySize"), sentence);
    }

    @Test
    void failuresOfTornadoVmAreSentencesWhetherExceptionsOrErrors() {
        assertTrue(sentence(new TornadoBailoutRuntimeException("no local memory")).contains("no local memory"));
        assertTrue(sentence(new TornadoInternalError("unimplemented")).contains("unimplemented"));
    }

    @Test
    void fileTroubleNamesTheFileAndTheReason() {
        assertTrue(sentence(new NoSuchFileException("a.txt")).startsWith("there is no file a.txt"));
        assertTrue(sentence(new AccessDeniedException("b.txt")).contains("b.txt: permission denied"));
        assertTrue(sentence(new UncheckedIOException(new FileSystemException("c.txt", null, "No space left on device")))
            .contains("c.txt: No space left on device"));
        assertTrue(sentence(new IOException("Broken pipe")).contains("Broken pipe"));
    }

    @Test
    void everythingElseIsABug() {
        assertTrue(Failures.sentence(new NullPointerException()).isEmpty());
        assertTrue(Failures.sentence(new AssertionError("x")).isEmpty());
    }

    @Test
    void aSentenceOfSeveralLinesIsPrintedAsOne() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        assertEquals(2, Failures.report(new UserError("one\n  two"), err));
        assertEquals("llm-rlpt: one two" + System.lineSeparator(), bytes.toString(StandardCharsets.UTF_8));
    }
}
