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

/// Asks an MLflow server whether it accepts a credential: first without it, because an open server accepts
/// every password. Whatever else it answers to strangers, such as a login page, it is asked with the credential.
/// `/health` would prove nothing, it is never protected.
@Component
class MlflowProbe {

    private static final String SEARCH_PATH = "/api/2.0/mlflow/experiments/search";
    private static final String SEARCH = SEARCH_PATH + "?max_results=1";
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
    private static final int LONGEST_CHAIN = 10;
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

    /// What was found.
    ///
    /// @param verdict the server's
    /// @param redirect where it redirects to, if it does and says so without the credential in it: a tracking URI if the
    ///     API is there, else the server alone
    record Outcome(Verdict verdict, Optional<String> redirect) {

        static Outcome of(Verdict verdict) {
            return new Outcome(verdict, Optional.empty());
        }
    }

    /// @param server where to ask
    /// @param credential whom to ask about
    /// @return the server's verdict
    /// @throws GatewayException.Rejected if the gateway must not call that address, or would send the password over the
    ///     internet for all to read although the credential was not made for such an address
    Outcome ask(TrackingUri server, MlflowCredential credential) {
        if (!server.isSecured()
                && !properties.allowPrivateAddresses()
                && credential.trackingUri().isEmpty()) {
            throw new GatewayException.Rejected(
                    List.of(
                            Finding.error(
                                    "mlflow-unsecured",
                                    "trackingUri",
                                    "The password would be sent over plain http, which others on"
                                            + " the way can read.",
                                    "Use the server's https address; if it has none, put the"
                                            + " credential with this trackingUri.")));
        }
        // All of it in one task, which a server that sends a byte now and then can't stretch. The
        // interrupt
        // closes the socket that a virtual thread waits on.
        FutureTask<Outcome> check = new FutureTask<>(() -> check(server, credential));
        Thread.ofVirtual().name("mlflow-probe").start(check);
        try {
            return check.get(properties.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            return Outcome.of(Verdict.UNREACHABLE);
        } catch (InterruptedException stopped) {
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
            // Resolved once: both requests go to the addresses that were judged.
            List<InetAddress> judged = addresses.resolve(server.value().getHost());
            if (isMlflow(exchange.get(server, judged, SEARCH, Optional.empty()))) {
                return Outcome.of(Verdict.OPEN_SERVER);
            }
            Answer answer = exchange.get(server, judged, SEARCH, Optional.of(credential));
            Verdict verdict = verdict(answer, credential.login());
            return new Outcome(
                    verdict,
                    verdict == Verdict.REDIRECTED
                            ? redirect(server, answer, credential.login())
                            : Optional.empty());
        } catch (PublicAddresses.RefusedException refused) {
            throw new GatewayException.Rejected(
                    List.of(
                            Finding.error(
                                    "mlflow-address",
                                    "trackingUri",
                                    "The gateway may not call this server.",
                                    "Use a server on the public internet, or ask whoever runs the"
                                            + " gateway to allow it.")));
        } catch (IOException failure) {
            return Outcome.of(
                    isOfTheCertificate(failure)
                            ? Verdict.CERTIFICATE_NOT_TRUSTED
                            : Verdict.UNREACHABLE);
        } catch (HttpException noHttp) {
            return Outcome.of(Verdict.NOT_MLFLOW);
        }
    }

    private static boolean isOfTheCertificate(IOException failure) {
        return Stream.<@Nullable Throwable>iterate(
                        failure, cause -> cause == null ? null : cause.getCause())
                .takeWhile(Objects::nonNull)
                .limit(LONGEST_CHAIN)
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

    /// The path and query of a login page are left out, as is what has the secret in it: the server chose the text.
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
        } catch (IllegalArgumentException noAddress) {
            return Optional.empty();
        }
    }

    // MLflow leaves the list out when it is empty.
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
        } catch (JacksonException garbage) {
            return false;
        }
    }
}
