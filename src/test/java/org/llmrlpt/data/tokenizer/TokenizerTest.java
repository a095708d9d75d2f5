package org.llmrlpt.data.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.llmrlpt.random.RandomStream;

class TokenizerTest {
    private static final Path GPT2 = Path.of("src/test/resources/gpt2_tokenizer");
    private static final String[] PIECES = {"a", "Z", "the", " ", "  ", "\n", "\r\n", "\t", "7", "42", "123", ".", "!?",
        "'", "'s", "'S", "'ll", "'Re", "'\u017f", "\u00a0", "\u3000", "\u0085", "\u2003", "é", "e\u0301", "ß", "日本",
        "٣", "²", "Ⅷ", "😀", "👩\u200d👧", "\u200b", "\ufeff", "\u180e", "\u001c", "\0", "<|endoftext|>", "𝐀", "_", "़"};

    @TempDir
    Path folder;

    private static String randomText(RandomStream random, int pieces) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < pieces; i++) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    private static byte[] randomBytes(RandomStream random, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    private static List<Tokenizer> all() {
        return List.of(Tokenizers.bytes(), Tokenizers.open(GPT2),
                BpeTrainer.train(List.of("the cat sat on the mat, and that was that"), 300, size -> { }));
    }

    @Test
    void anyBytesComeBack() {
        RandomStream random = RandomStream.of(1, "bytes");
        for (Tokenizer tokenizer : all()) {
            for (int i = 0; i < 300; i++) {
                byte[] bytes = randomBytes(random, random.nextInt(200));
                assertArrayEquals(bytes, tokenizer.decode(tokenizer.encode(bytes)));
                String text = randomText(random, 20);
                assertEquals(text, tokenizer.decodeText(tokenizer.encode(text, i % 2 == 0)));
            }
        }
    }

    @Test
    void plainBytesHaveTheirValuesAsIds() {
        Tokenizer bytes = Tokenizers.open("bytes");
        assertEquals(257, bytes.vocabularySize());
        assertEquals(256, bytes.endOfText());
        byte[] every = new byte[256];
        IntStream.range(0, 256).forEach(i -> every[i] = (byte) i);
        assertArrayEquals(IntStream.range(0, 256).toArray(), bytes.encode(every).toIntArray());
        assertArrayEquals(new int[] {'a', 256, 'b'}, bytes.encode("a<|endoftext|>b", true).toIntArray());
        assertEquals(15, bytes.encode("a<|endoftext|>b").size());
    }

    @Test
    void savedTokenizersGiveTheSameIds() {
        RandomStream random = RandomStream.of(2, "texts");
        int n = 0;
        for (Tokenizer tokenizer : all()) {
            Path place = folder.resolve("t" + n++);
            tokenizer.save(place);
            Tokenizer again = Tokenizers.open(place.toString());
            assertTrue(tokenizer.isSameAs(again));
            assertEquals(tokenizer.endOfText(), again.endOfText());
            assertArrayEquals(tokenizer.bytesPerToken(), again.bytesPerToken());
            for (int i = 0; i < 200; i++) {
                String text = randomText(random, 20);
                assertEquals(tokenizer.encode(text, true), again.encode(text, true));
            }
        }
        assertFalse(all().get(0).isSameAs(all().get(2)));
    }

    @Test
    void bytesPerTokenAddUpToTheText() {
        for (Tokenizer tokenizer : all()) {
            String text = "How many bytes? 日本 <|endoftext|>";
            int[] lengths = tokenizer.bytesPerToken();
            int sum = tokenizer.encode(text, true).intStream().map(id -> lengths[id]).sum();
            assertEquals(text.getBytes(StandardCharsets.UTF_8).length - "<|endoftext|>".length(), sum);
            assertEquals(0, lengths[tokenizer.endOfText()]);
        }
    }

    @Test
    void decodingCanLeaveOutSpecialTokensAndSkipsUnknownIds() {
        Tokenizer bytes = Tokenizers.bytes();
        IntArrayList ids = IntArrayList.of('a', 256, 'b', 5000, -1);
        assertEquals("a<|endoftext|>b", bytes.decodeText(ids));
        assertEquals("ab", new String(bytes.decode(ids, true), StandardCharsets.UTF_8));
        assertTrue(bytes.isSpecial(256));
        assertFalse(bytes.isSpecial('a'));
    }

    /** The scanners are compared with Java's regular expressions, told to use Unicode's classes. */
    @ParameterizedTest
    @EnumSource(PreTokenizer.class)
    void piecesAreThoseOfTheRegularExpression(PreTokenizer preTokenizer) {
        String regex = preTokenizer.pattern.replace("(?i:", "(?iu:");
        Pattern pattern = Pattern.compile(regex, Pattern.UNICODE_CHARACTER_CLASS);
        RandomStream random = RandomStream.of(3, "pieces");
        for (int i = 0; i < 5000; i++) {
            String text = randomText(random, 1 + random.nextInt(30));
            List<String> expected = new ArrayList<>();
            for (Matcher matcher = pattern.matcher(text); matcher.find();) {
                expected.add(matcher.group());
            }
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            List<String> got = new ArrayList<>();
            for (int at = 0; at < bytes.length;) {
                int end = preTokenizer.end(bytes, at, bytes.length);
                got.add(new String(bytes, at, end - at, StandardCharsets.UTF_8));
                at = end;
            }
            assertEquals(expected, got);
        }
    }

    /** A cut is safe when the pieces before and after it are those of the whole, whatever the whole goes on with. */
    @ParameterizedTest
    @EnumSource(PreTokenizer.class)
    void safeCutsChangeNoPiece(PreTokenizer preTokenizer) {
        RandomStream random = RandomStream.of(4, "cuts");
        int cuts = 0;
        for (int i = 0; i < 5000; i++) {
            String text = randomText(random, 25);
            byte[] bytes = (i % 2 == 0 ? text : text.replace(" ", "")).getBytes(StandardCharsets.UTF_8);
            int to = random.nextInt(bytes.length + 1);
            int cut = preTokenizer.safeCut(bytes, 0, to);
            if (cut >= 0) {
                cuts++;
                assertTrue(cut > 0 && cut < to);
                List<Integer> ends = ends(preTokenizer, bytes, 0, cut);
                ends.addAll(ends(preTokenizer, bytes, cut, bytes.length));
                assertEquals(ends(preTokenizer, bytes, 0, bytes.length), ends);
            }
        }
        assertTrue(cuts > 3000, "places found: " + cuts);
    }

    private static List<Integer> ends(PreTokenizer preTokenizer, byte[] bytes, int from, int to) {
        List<Integer> ends = new ArrayList<>();
        for (int at = from; at < to;) {
            at = preTokenizer.end(bytes, at, to);
            ends.add(at);
        }
        return ends;
    }

    @Test
    void threadsMayShareATokenizer() throws InterruptedException {
        Tokenizer gpt2 = Tokenizers.open(GPT2);
        String[] texts = IntStream.range(0, 500)
                .mapToObj(i -> randomText(RandomStream.of(i, "shared"), 50)).toArray(String[]::new);
        Tokenizer alone = Tokenizers.open(GPT2);
        int[][] expected = Arrays.stream(texts).map(t -> alone.encode(t).toIntArray()).toArray(int[][]::new);
        int[][][] got = new int[4][texts.length][];
        Thread[] threads = new Thread[4];
        for (int t = 0; t < threads.length; t++) {
            int[][] mine = got[t];
            threads[t] = new Thread(() -> Arrays.setAll(mine, i -> gpt2.encode(texts[i]).toIntArray()));
            threads[t].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        for (int[][] mine : got) {
            assertTrue(Arrays.deepEquals(expected, mine));
        }
    }
}
