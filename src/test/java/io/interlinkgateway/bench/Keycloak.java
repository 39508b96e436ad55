package io.interlinkgateway.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/// A real Keycloak with the users `ada` and `grace`.
public final class Keycloak implements AutoCloseable {

    /// For whom its tokens are.
    public static final String AUDIENCE = "interlink-gateway-api";

    private static final String CLIENT = "interlink-gateway";
    private static final String REDIRECT = "http://127.0.0.1:1/";
    private static final Pattern FORM = Pattern.compile("<form[^>]*action=\"([^\"]+)\"");
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path folder;

    private Keycloak(Path folder) {
        this.folder = folder;
    }

    /// @return a new one
    public static Keycloak start() {
        Path folder = Path.of("target/keycloak-" + ProcessHandle.current().pid());
        Script.run("keycloak/up.sh", folder.toString());
        return new Keycloak(folder);
    }

    /// @return the realm's issuer
    public String issuer() {
        try {
            return Files.readString(folder.resolve("issuer")).strip();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// Logs in on Keycloak's own page, by authorization code with PKCE, as Swagger UI does.
    ///
    /// @param user whose password is the name
    /// @return an access token
    public String logIn(String user) throws IOException, InterruptedException {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        String verifier = base64(random);
        Map<String, String> question = new LinkedHashMap<>();
        question.put("client_id", CLIENT);
        question.put("response_type", "code");
        question.put("scope", "openid");
        question.put("redirect_uri", REDIRECT);
        question.put("code_challenge", challenge(verifier));
        question.put("code_challenge_method", "S256");
        HttpResponse<String> page =
                http.send(
                        HttpRequest.newBuilder(address("auth?" + form(question))).build(),
                        HttpResponse.BodyHandlers.ofString());
        Matcher action = FORM.matcher(page.body());
        if (!action.find()) {
            throw new IOException("No login page: " + page.statusCode());
        }
        // By hand: the client keeps no Secure cookie of a loopback address.
        String cookies =
                page.headers().allValues("Set-Cookie").stream()
                        .map(cookie -> cookie.split(";", 2)[0])
                        .collect(Collectors.joining("; "));
        HttpResponse<String> login =
                http.send(
                        HttpRequest.newBuilder(URI.create(action.group(1).replace("&amp;", "&")))
                                .header("Cookie", cookies)
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(
                                        HttpRequest.BodyPublishers.ofString(
                                                form(Map.of("username", user, "password", user))))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        Matcher code =
                Pattern.compile("[?&]code=([^&]+)")
                        .matcher(login.headers().firstValue("Location").orElse(""));
        if (!code.find()) {
            throw new IOException("The login failed: " + login.statusCode());
        }
        return token(code.group(1), verifier);
    }

    private String token(String code, String verifier) throws IOException, InterruptedException {
        HttpResponse<String> answer =
                http.send(
                        HttpRequest.newBuilder(address("token"))
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(
                                        HttpRequest.BodyPublishers.ofString(
                                                form(
                                                        Map.of(
                                                                "grant_type", "authorization_code",
                                                                "client_id", CLIENT,
                                                                "redirect_uri", REDIRECT,
                                                                "code", code,
                                                                "code_verifier", verifier))))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException("No token: " + answer.statusCode() + " " + answer.body());
        }
        return JSON.readTree(answer.body()).path("access_token").asString();
    }

    private URI address(String what) {
        return URI.create(issuer() + "/protocol/openid-connect/" + what);
    }

    private static String form(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field ->
                        field.getKey()
                                + "="
                                + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private static String challenge(String verifier) {
        try {
            return base64(
                    MessageDigest.getInstance("SHA-256")
                            .digest(verifier.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public void close() {
        Script.run("keycloak/down.sh", folder.toString());
    }
}
