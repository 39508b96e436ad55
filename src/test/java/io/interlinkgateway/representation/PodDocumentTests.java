package io.interlinkgateway.representation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.failure.GatewayException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PodDocumentTests {

    private static final String POD =
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: t}
            spec:
              nodeSelector: {kubernetes.io/hostname: sandbox}
              containers: [{name: c, args: ["echo hé"]}]
            """;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s---\n",
                "%s---",
                "%s...\n",
                "---\n%s",
                "---\n---\n# none\n---\n%s",
                "# above\n\n%s# below\n",
                "%s---\n# only a comment\n---\nnull\n"
            })
    void documentsThatHoldNothingCountAsNone(String form) {
        assertThat(PodDocument.parse(form.formatted(POD))).isEqualTo(PodDocument.parse(POD));
    }

    @Test
    void severalDocumentsAreRefusedByName() {
        Finding finding =
                refusal(
                        "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n---\n"
                                + POD
                                + "---\na: b\n");

        assertThat(finding.message())
                .contains("3 documents", "Pods among them: 1", "Secret s, one without kind");
        assertThat(finding.hint()).startsWith("Send only the pod");
    }

    @Test
    void severalPodsAreSentOneByOne() {
        Finding finding = refusal(POD + "---\n" + POD);

        assertThat(finding.message()).contains("2 documents", "Pods among them: 2");
        assertThat(finding.hint()).isEqualTo("Send each pod in a separate request.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"})
    void unicodeIsKnownByItsFirstBytes(String charset) {
        assertThat(parsed(POD, charset)).isEqualTo(PodDocument.parse(POD));
        assertThat(parsed("\uFEFF" + POD, charset)).isEqualTo(PodDocument.parse(POD));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ISO-8859-1", "windows-1252", "UTF-8", "UTF-16"})
    void theEncodingThatTheRequestNamesIsUsed(String name) {
        Charset charset = Charset.forName(name);

        assertThat(PodDocument.parse(POD.getBytes(charset), Optional.of(charset)))
                .isEqualTo(PodDocument.parse(POD));
    }

    @Test
    void bytesThatAreNoTextAreRefusedWithTheirPlace() {
        byte[] latin1 = POD.getBytes(StandardCharsets.ISO_8859_1);

        Finding finding = refusal(() -> PodDocument.parse(latin1, Optional.empty()));

        assertThat(finding.message())
                .isEqualTo(
                        "The body is not valid UTF-8: byte "
                                + (POD.indexOf('é') + 1)
                                + " (line 6) can't be decoded.");
        assertThat(finding.hint()).contains("charset=ISO-8859-1");
    }

    @Test
    void aCutOffCharacterIsRefused() {
        byte[] odd = (POD + "#").getBytes(StandardCharsets.UTF_16LE);

        Finding finding =
                refusal(() ->
                        PodDocument.parse(
                                java.util.Arrays.copyOf(odd, odd.length - 1), Optional.empty()));

        assertThat(finding.message()).startsWith("The body is not valid UTF-16LE");
    }

    @Test
    void aRawControlCharacterIsNamedWithItsLine() {
        Finding finding = refusal(POD + "# \u0001\n");

        assertThat(finding.message()).contains("(line 7) is U+0001");
    }

    @Test
    void aNodeThatIsNoTextIsRefused() {
        assertThat(refusal(POD.replace("hostname: sandbox", "hostname: 123")).field())
                .isEqualTo("spec.nodeSelector[kubernetes.io/hostname]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1: a", "yes: a", "1.5: a", "~: a"})
    void aKeyThatIsNoTextIsRefused(String entry) {
        Finding finding = refusal(POD.replace("{name: t}", "{name: t, labels: {" + entry + "}}"));

        assertThat(finding.field()).isEqualTo("metadata.labels");
        assertThat(finding.hint()).startsWith("Put the key in quotes");
    }

    @Test
    void numbersAreWholeWhereKubectlMakesThemWhole() {
        assertThat(Documents.single("[80.0, 8e1, 1e9, 0777, 1.5]"))
                .isEqualTo(List.of(80L, 80L, 1_000_000_000L, 511L, 1.5));
    }

    @Test
    void noHintMentionsKubectl() {
        for (String faulty :
                List.of(POD + "a: [", POD + "kind: Pod", POD + "x: &a [1]\ny: *a", "!!x a")) {
            assertThat(refusal(faulty).hint()).doesNotContain("kubectl");
        }
    }

    private static RequestedJob parsed(String text, String charset) {
        return PodDocument.parse(text.getBytes(Charset.forName(charset)), Optional.empty());
    }

    private static Finding refusal(String text) {
        return refusal(() -> PodDocument.parse(text));
    }

    private static Finding refusal(org.assertj.core.api.ThrowableAssert.ThrowingCallable parse) {
        return catchThrowableOfType(GatewayException.Rejected.class, parse).findings().getFirst();
    }
}
