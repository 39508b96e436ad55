package io.interlinkgateway.history.store;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// Text as both databases can store it. PostgreSQL refuses NUL and unpaired surrogates; one such text would fail a
/// whole batch each time it is repeated.
final class StoredText {

    private static final char REPLACEMENT = '\uFFFD';

    /// The maximum length of a binary value in H2.
    private static final int MAX_BYTES = 1 << 20;

    private StoredText() {}

    /// @param text any text
    /// @param longest the maximum number of UTF-16 characters
    /// @return the text with U+FFFD for NUL and unpaired surrogates, and cut
    static String of(String text, int longest) {
        boolean cut = text.length() > longest;
        int end =
                cut && Character.isHighSurrogate(text.charAt(longest - 1)) ? longest - 1 : longest;
        StringBuilder clean = new StringBuilder(cut ? text.substring(0, end) : text);
        for (int index = 0; index < clean.length(); index++) {
            char character = clean.charAt(index);
            if (Character.isHighSurrogate(character)
                    && index + 1 < clean.length()
                    && Character.isLowSurrogate(clean.charAt(index + 1))) {
                index++;
            } else if (character == 0 || Character.isSurrogate(character)) {
                clean.setCharAt(index, REPLACEMENT);
            }
        }
        return clean.toString();
    }

    /// @param text any text
    /// @param longest the maximum number of UTF-16 characters
    /// @return as [#of(String, int)]; null if there is none
    static @Nullable String of(Optional<String> text, int longest) {
        return text.map(present -> of(present, longest)).orElse(null);
    }

    /// @param text any text
    /// @return the text's UTF-8 bytes, compressed; empty if they are too many for a row
    static Optional<byte[]> compressed(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return Optional.of(bytes.toByteArray()).filter(all -> all.length <= MAX_BYTES);
    }

    /// @param compressed what [#compressed] returned
    /// @return the text
    static String decompressed(byte[] compressed) {
        try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(compressed))) {
            return new String(gzip.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
