package io.interlinkgateway.credential;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.stream.Stream;

/// How a password or a token looks in what programs print: as it is, in an address, and in the header that logs in with it.
public final class PasswordForms {

    private PasswordForms() {}

    /// @param username whose it is
    /// @param password any text
    /// @return the forms, of which some may be the same
    public static Stream<String> of(String username, String password) {
        return Stream.concat(
                of(password),
                Stream.of(
                        Base64.getEncoder()
                                .encodeToString(
                                        (username + ":" + password)
                                                .getBytes(StandardCharsets.UTF_8))));
    }

    /// @param token any text that is sent as it is
    /// @return the forms, of which some may be the same
    public static Stream<String> of(String token) {
        String inAddresses = URLEncoder.encode(token, StandardCharsets.UTF_8);
        return Stream.of(token, inAddresses, inAddresses.replace("+", "%20"));
    }
}
