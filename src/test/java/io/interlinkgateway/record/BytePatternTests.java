package io.interlinkgateway.record;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class BytePatternTests {

    /// Few letters, so that patterns overlap themselves and texts hold them.
    @Provide
    Arbitrary<String> patterns() {
        return Arbitraries.strings().withChars("ab").ofMinLength(1).ofMaxLength(6);
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.strings().withChars("abc").ofMaxLength(120);
    }

    @Property
    void endOfNextFindsEachOccurrenceHoweverTheStreamIsCut(
            @ForAll("patterns") String pattern, @ForAll("texts") String text, @ForAll long seed) {
        BytePattern.Search search = BytePattern.of(bytes(pattern)).search();
        Random random = new Random(seed);
        List<Integer> ends = new ArrayList<>();
        for (int from = 0; from < text.length(); ) {
            int to = Math.min(text.length(), from + 1 + random.nextInt(9));
            // The piece stands anywhere in the array, and occurrences around it do not count.
            byte[] array = bytes(pattern + text.substring(from, to) + pattern);
            int at = pattern.length();
            int end = at + to - from;
            while (at != BytePattern.NOT_FOUND) {
                at = search.endOfNext(array, at, end);
                if (at != BytePattern.NOT_FOUND) {
                    ends.add(from + at - pattern.length());
                }
            }
            from = to;
        }

        assertThat(ends).isEqualTo(expected(pattern, text));
    }

    private static List<Integer> expected(String pattern, String text) {
        List<Integer> ends = new ArrayList<>();
        for (int at = text.indexOf(pattern); at >= 0; at = text.indexOf(pattern, at + 1)) {
            ends.add(at + pattern.length());
        }
        return ends;
    }

    @Property
    void matchedIsTheLongestEndOfTheStreamThatBeginsThePattern(
            @ForAll("patterns") String pattern, @ForAll("texts") String text) {
        BytePattern.Search search = BytePattern.of(bytes(pattern)).search();
        byte[] stream = bytes(text);
        for (int at = 0; at != BytePattern.NOT_FOUND; ) {
            at = search.endOfNext(stream, at, stream.length);
        }

        int longest = Math.min(pattern.length() - 1, text.length());
        while (!text.endsWith(pattern.substring(0, longest))) {
            longest--;
        }
        assertThat(search.matched()).isEqualTo(longest);
    }

    @Test
    void restartForgetsTheBeginningOfAnOccurrence() {
        BytePattern.Search search = BytePattern.of(bytes("abc")).search();
        assertThat(search.endOfNext(bytes("ab"), 0, 2)).isEqualTo(BytePattern.NOT_FOUND);

        search.restart();

        assertThat(search.matched()).isZero();
        assertThat(search.endOfNext(bytes("c"), 0, 1)).isEqualTo(BytePattern.NOT_FOUND);
    }

    @Test
    void searchesOfOnePatternAreIndependent() {
        BytePattern pattern = BytePattern.of(bytes("ab"));
        BytePattern.Search one = pattern.search();
        BytePattern.Search other = pattern.search();
        assertThat(one.endOfNext(bytes("a"), 0, 1)).isEqualTo(BytePattern.NOT_FOUND);

        assertThat(other.endOfNext(bytes("b"), 0, 1)).isEqualTo(BytePattern.NOT_FOUND);
        assertThat(one.endOfNext(bytes("b"), 0, 1)).isEqualTo(1);
    }

    @Test
    void ofRefusesTheEmptyPattern() {
        assertThatIllegalArgumentException().isThrownBy(() -> BytePattern.of(new byte[0]));
    }

    @Test
    void ofCopiesItsBytes() {
        byte[] bytes = bytes("ab");
        BytePattern pattern = BytePattern.of(bytes);
        bytes[0] = 'x';

        assertThat(pattern.search().endOfNext(bytes("ab"), 0, 2)).isEqualTo(2);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }
}
