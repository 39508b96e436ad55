package io.interlinkgateway.credential;

import io.interlinkgateway.credential.PinnedHttpRequest.Answer;
import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.TrackingUri;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocketFactory;
import org.apache.hc.core5.http.HttpException;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Checks whether an MLflow server accepts a credential. The first request is sent without the credential, because an
/// open server accepts every password. With any other response to it, such as a login page, a second request is sent
/// with the credential. `/health` is not suitable, because it is never protected.
@Component
class MlflowProbe {

    private static final String SEARCH_PATH = "/api/2.0/mlflow/experiments/search";
    private static final String SEARCH = SEARCH_PATH + "?max_results=1";
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
    private static final int MAX_CAUSES = 10;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final MlflowProperties properties;
    private final PublicAddresses addresses;
    private final PinnedHttpRequest exchange;

    @Autowired
    MlflowProbe(MlflowProperties properties) {
        this(
                properties,
                new PublicAddresses(properties),
                (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    MlflowProbe(MlflowProperties properties, PublicAddresses addresses, SSLSocketFactory tls) {
        this.properties = properties;
        this.addresses = addresses;
        this.exchange = new PinnedHttpRequest(tls, CONNECT_TIMEOUT);
    }

    /// The result of a check.
    ///
    /// @param verdict the server's verdict
    /// @param redirect the target, if the server redirects and the target does not contain the credential: a tracking
    ///     URI if the API is there, else only the server
    record Outcome(Verdict verdict, Optional<String> redirect) {

        static Outcome of(Verdict verdict) {
            return new Outcome(verdict, Optional.empty());
        }
    }

    /// @param server the server
    /// @param credential the credential to check
    /// @return the server's verdict
    /// @throws GatewayException.Rejected if the gateway must not call the address, or would send the password
    ///     unencrypted over the internet to a server that the credential does not name
    Outcome ask(TrackingUri server, MlflowCredential credential) {
        if (!server.isSecured()
                && !properties.allowPrivateAddresses()
                && credential.trackingUri().isEmpty()) {
            throw new GatewayException.Rejected(
                    List.of(
                            Finding.error(
                                    "mlflow-unsecured",
                                    "trackingUri",
                                    "The password would be sent over plain http, which is not"
                                            + " encrypted.",
                                    "Use the server's https address; if it has none, store the"
                                            + " credential with this trackingUri.")));
        }
        // Everything runs in one task with one timeout, which a server can't extend by sending
        // single bytes. The interrupt closes the socket on which the virtual thread waits.
        FutureTask<Outcome> check = new FutureTask<>(() -> check(server, credential));
        Thread.ofVirtual().name("mlflow-probe").start(check);
        try {
            return check.get(properties.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            return Outcome.of(Verdict.UNREACHABLE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Outcome.of(Verdict.UNREACHABLE);
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof GatewayException refused
                    ? refused
                    : new IllegalStateException(failure.getCause());
        } finally {
            check.cancel(true);
        }
    }

    private Outcome check(TrackingUri server, MlflowCredential credential) {
        try {
            // Resolved once, so that both requests go to addresses that were checked.
            List<InetAddress> checked = addresses.resolve(server.value().getHost());
            if (isMlflow(exchange.get(server, checked, SEARCH, Optional.empty()))) {
                return Outcome.of(Verdict.OPEN_SERVER);
            }
            Answer answer = exchange.get(server, checked, SEARCH, Optional.of(credential));
            Verdict verdict = verdict(answer, credential.login());
            return new Outcome(
                    verdict,
                    verdict == Verdict.REDIRECTED
                            ? redirect(server, answer, credential.login())
                            : Optional.empty());
        } catch (PublicAddresses.RefusedException _) {
            throw new GatewayException.Rejected(
                    List.of(
                            Finding.error(
                                    "mlflow-address",
                                    "trackingUri",
                                    "The gateway is not allowed to call this server.",
                                    "Use a server on the public internet, or ask the gateway's"
                                            + " operator to allow this one.")));
        } catch (IOException failure) {
            return Outcome.of(
                    isCertificateError(failure)
                            ? Verdict.CERTIFICATE_NOT_TRUSTED
                            : Verdict.UNREACHABLE);
        } catch (HttpException _) {
            return Outcome.of(Verdict.NOT_MLFLOW);
        }
    }

    private static boolean isCertificateError(IOException failure) {
        return Stream.<@Nullable Throwable>iterate(
                        failure, cause -> cause == null ? null : cause.getCause())
                .takeWhile(Objects::nonNull)
                .limit(MAX_CAUSES)
                .anyMatch(CertificateException.class::isInstance);
    }

    private static Verdict verdict(Answer answer, MlflowLogin login) {
        if (isMlflow(answer)) {
            return Verdict.ACCEPTED;
        }
        return switch (answer.status()) {
            case 301, 302, 303, 307, 308 -> Verdict.REDIRECTED;
            case 401 -> refusal(answer, login);
            case 403 -> Verdict.FORBIDDEN;
            case 429, 500, 502, 503, 504 -> Verdict.TRY_LATER;
            default -> Verdict.NOT_MLFLOW;
        };
    }

    private static Verdict refusal(Answer answer, MlflowLogin login) {
        boolean basic = answer.asksFor("Basic");
        boolean bearer = answer.asksFor("Bearer");
        return switch (login) {
            case MlflowLogin.Password _ ->
                    bearer && !basic ? Verdict.TOKEN_REQUIRED : Verdict.REFUSED;
            case MlflowLogin.Token _ ->
                    basic && !bearer ? Verdict.PASSWORD_REQUIRED : Verdict.REFUSED;
        };
    }

    /// The path and query of a login page are removed. A target that contains the secret is not shown, because the
    /// server chooses the text.
    private static Optional<String> redirect(TrackingUri server, Answer answer, MlflowLogin login) {
        try {
            URI target = server.value().resolve(URI.create(answer.location()));
            String path = Objects.requireNonNullElse(target.getRawPath(), "");
            String base =
                    path.endsWith(SEARCH_PATH)
                            ? path.substring(0, path.length() - SEARCH_PATH.length()) + "/"
                            : "/";
            String shown =
                    TrackingUri.parse(target.getScheme() + "://" + target.getRawAuthority() + base)
                            .toString();
            return Optional.of(shown)
                    .filter(text -> !text.equals(server.toString()))
                    .filter(text -> login.secretForms().noneMatch(text::contains));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    // MLflow omits the list if it is empty.
    private static boolean isMlflow(Answer answer) {
        if (answer.status() != 200
                || !answer.mediaType().equalsIgnoreCase("application/json")
                || !answer.whole()) {
            return false;
        }
        try {
            JsonNode document = JSON.readTree(answer.body());
            return document.isObject()
                    && (document.isEmpty() || document.path("experiments").isArray());
        } catch (JacksonException _) {
            return false;
        }
    }
}
