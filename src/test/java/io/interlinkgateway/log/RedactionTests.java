package io.interlinkgateway.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.ProcessorTime;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class RedactionTests {

    /// Few letters, so that values and texts overlap themselves and one another in all ways.
    @Provide
    Arbitrary<String> values() {
        return Arbitraries.strings().withChars("ab").ofMinLength(6).ofMaxLength(12);
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.strings().withChars("abx").ofMaxLength(200);
    }

    @Property
    void eachByteOfEachValueIsHiddenAndNoOtherHoweverTheTextIsCut(
            @ForAll("texts") String text,
            @ForAll("values") String one,
            @ForAll("values") String other,
            @ForAll long seed) {
        String whole = text + "\n";

        assertThat(redacted(whole, new Random(seed), one, other))
                .isEqualTo(expected(whole, one, other));
    }

    @Property
    void aWholeTextIsMaskedAndItsEndIsNoBeginningOfAValue(
            @ForAll("texts") String text,
            @ForAll("values") String one,
            @ForAll("values") String other) {
        Redaction redaction = Redaction.of(List.of(one, other));

        assertThat(redaction.whole("b")).isEqualTo("b");
        assertThat(redaction.whole(text)).isEqualTo(expected(text, one, other));
    }

    @Test
    void aTextWithoutAValueStaysAsItIs() {
        String text = "x\ud800\0y hunter";

        assertThat(Redaction.of(List.of("hunter2")).whole(text)).isSameAs(text);
    }

    private static String expected(String text, String... values) {
        char[] expected = text.toCharArray();
        for (String value : values) {
            for (int at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) {
                Arrays.fill(expected, at, at + value.length(), '*');
            }
        }
        return new String(expected);
    }

    private static String redacted(String text, Random random, String... values) {
        Redaction redaction = Redaction.of(List.of(values));
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream masked = new ByteArrayOutputStream();
        for (int at = 0; at < bytes.length; ) {
            int end = Math.min(bytes.length, at + random.nextInt(9));
            masked.writeBytes(redaction.next(Arrays.copyOfRange(bytes, at, end)));
            at = end;
        }
        masked.writeBytes(redaction.end());
        return masked.toString(StandardCharsets.UTF_8);
    }

    @Test
    void nothingIsHeldBackButTheBeginningOfAValue() {
        Redaction redaction = Redaction.of(List.of("hunter2"));

        assertThat(redaction.next(bytes("to hunt"))).isEqualTo(bytes("to "));
        assertThat(redaction.next(bytes("e"))).isEmpty();
        assertThat(redaction.next(bytes("d the"))).isEqualTo(bytes("hunted the"));
        assertThat(redaction.next(bytes(" hunter"))).isEqualTo(bytes(" "));
        assertThat(redaction.next(bytes("2s"))).isEqualTo(bytes("*******s"));
    }

    @Test
    void aValueThatIsCutOffIsHiddenIfEnoughOfItIsThere() {
        Redaction redaction = Redaction.of(List.of("hunter2"));

        assertThat(redaction.next(bytes("hunt"))).isEmpty();
        assertThat(redaction.end()).isEqualTo(bytes("hunt"));
        assertThat(redaction.next(bytes("er2"))).isEqualTo(bytes("er2"));
        assertThat(redaction.next(bytes("hunter"))).isEmpty();
        assertThat(redaction.end()).isEqualTo(bytes("******"));
    }

    @Test
    void shortValuesAreLetThroughAndLineEndsAroundOthersDoNotMatter() {
        assertThat(redacted("ABC, 12345, secret\n", new Random(1), "ABC", "12345", "secret\n"))
                .isEqualTo("ABC, 12345, ******\n");
    }

    @Test
    void charactersOfManyBytesAreHiddenWhole() {
        assertThat(
                        redacted(
                                "[p\u00e4ssw\u00f6rd\u20ac]",
                                new Random(1),
                                "p\u00e4ssw\u00f6rd\u20ac"))
                .isEqualTo("[" + "*".repeat(13) + "]");
    }

    /// A search that starts again at each byte would look at 64 times as many for the longer value.
    @Test
    void whatAJobPrintsCanNotMakeItSlow() {
        byte[] all = bytes("a".repeat(1 << 20));

        assertThat(
                        ProcessorTime.ratio(
                                () -> redact(all, "a".repeat(1023) + "b"),
                                () -> redact(all, "a".repeat(15) + "b")))
                .isLessThan(8);
    }

    private static void redact(byte[] all, String value) {
        assertThat(Redaction.of(List.of(value)).next(all)).hasSize(all.length - value.length() + 1);
    }

    @Test
    void noMoreIsHeldBackThanTheLongestBeginningOfAValue() {
        String value = "a".repeat(1023) + "b";
        Redaction redaction = Redaction.of(List.of(value, value + "c"));
        byte[] all = bytes("a".repeat(1 << 20));

        int masked = redaction.next(all).length;

        assertThat(masked).isEqualTo(all.length - 1023);
        assertThat(redaction.next(bytes("x"))).hasSize(1024);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
