package io.interlinkgateway.representation;

import io.interlinkgateway.failure.GatewayException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Decodes a document's bytes. Bytes that can't be decoded are refused: a replacement character could become part of
/// a command.
final class Encoding {

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private Encoding() {}

    /// @param body the bytes
    /// @param named the encoding from the request; if empty, it is determined by a byte order mark or by the zero
    ///     bytes around the first character, as in YAML 1.2, and otherwise UTF-8
    /// @return the text, without a byte order mark
    /// @throws GatewayException.Rejected with the position of the first byte that can't be decoded
    static String decoded(byte[] body, Optional<Charset> named) {
        Charset charset = named.orElseGet(() -> detected(body));
        CharsetDecoder decoder =
                charset.newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(body);
        CharBuffer text =
                CharBuffer.allocate(
                        (int) Math.ceil(body.length * (double) decoder.maxCharsPerByte()) + 1);
        CoderResult result = decoder.decode(in, text, true);
        if (!result.isError()) {
            result = decoder.flush(text);
        }
        text.flip();
        if (result.isError()) {
            throw refused(
                    charset,
                    in.position(),
                    1 + text.chars().filter(character -> character == '\n').count());
        }
        boolean marked = !text.isEmpty() && text.get(0) == BYTE_ORDER_MARK;
        return (marked ? text.slice(1, text.length() - 1) : text).toString();
    }

    private static Charset detected(byte[] body) {
        int[] first = new int[4];
        for (int at = 0; at < 4; at++) {
            first[at] = at < body.length ? body[at] & 0xFF : -1;
        }
        boolean littleMark = first[0] == 0xFF && first[1] == 0xFE;
        boolean bigMark = first[0] == 0xFE && first[1] == 0xFF;
        if (first[2] == 0 && first[3] == 0 && (littleMark || first[1] == 0)) {
            return StandardCharsets.UTF_32LE;
        }
        if (first[0] == 0 && first[1] == 0) {
            return StandardCharsets.UTF_32BE;
        }
        if (littleMark || first[1] == 0) {
            return StandardCharsets.UTF_16LE;
        }
        return bigMark || first[0] == 0 ? StandardCharsets.UTF_16BE : StandardCharsets.UTF_8;
    }

    private static GatewayException.Rejected refused(Charset charset, int offset, long line) {
        return PodDocument.rejected(
                "",
                "The body is not valid "
                        + charset.name()
                        + ": byte "
                        + (offset + 1)
                        + " (line "
                        + line
                        + ") can't be decoded.",
                "Save the file as UTF-8, or set its encoding in the header, such as Content-Type:"
                        + " application/yaml; charset=ISO-8859-1.");
    }
}
