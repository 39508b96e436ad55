package io.interlinkgateway.credential;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.stream.Stream;

/// How a password looks in what programs print: as it is, in an address, and in the header that logs in with it.
public final class PasswordForms {

    private PasswordForms() {}

    /// @param username whose it is
    /// @param password any text
    /// @return the forms, of which some may be the same
    public static Stream<String> of(String username, String password) {
        String inAddresses = URLEncoder.encode(password, StandardCharsets.UTF_8);
        return Stream.of(
                password,
                inAddresses,
                inAddresses.replace("+", "%20"),
                Base64.getEncoder()
                        .encodeToString(
                                (username + ":" + password).getBytes(StandardCharsets.UTF_8)));
    }
}
