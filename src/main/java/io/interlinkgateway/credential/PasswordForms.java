package io.interlinkgateway.credential;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.stream.Stream;

/// The forms in which a password or a token appears in the output of programs: plain, URL-encoded, and as in the
/// header `Authorization`.
public final class PasswordForms {

    private PasswordForms() {}

    /// @param username the username for the password
    /// @param password any text
    /// @return the forms, some of which may be equal
    public static Stream<String> of(String username, String password) {
        return Stream.concat(
                of(password),
                Stream.of(
                        Base64.getEncoder()
                                .encodeToString(
                                        (username + ":" + password)
                                                .getBytes(StandardCharsets.UTF_8))));
    }

    /// @param token any text that is sent unchanged
    /// @return the forms, some of which may be equal
    public static Stream<String> of(String token) {
        String inAddresses = URLEncoder.encode(token, StandardCharsets.UTF_8);
        return Stream.of(token, inAddresses, inAddresses.replace("+", "%20"));
    }
}
