package io.interlinkgateway.credential;

import io.interlinkgateway.credential.Exchange.Answer;
import io.interlinkgateway.job.Finding;
import io.interlinkgateway.job.GatewayException;
import io.interlinkgateway.job.TrackingUri;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLSocketFactory;
import org.apache.hc.core5.http.HttpException;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Asks an MLflow server whether it accepts a credential: first without it, because an open server accepts
/// every password. `/health` would prove nothing, it is never protected.
@Component
class MlflowProbe {

    private static final String SEARCH = "/api/2.0/mlflow/experiments/search?max_results=1";
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
    private static final JsonMapper JSON = JsonMapper.shared();

    private final MlflowProperties properties;
    private final PublicAddresses addresses;
    private final Exchange exchange;

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
        this.exchange = new Exchange(tls, CONNECT_TIMEOUT);
    }

    /// @param server where to ask
    /// @param credential whom to ask about
    /// @return the server's verdict
    /// @throws GatewayException.Rejected if the gateway must not call that address, or would send the password over the
    ///     internet for all to read although the credential was not made for such an address
    Verdict ask(TrackingUri server, MlflowCredential credential) {
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
        FutureTask<Verdict> check = new FutureTask<>(() -> check(server, credential));
        Thread.ofVirtual().name("mlflow-probe").start(check);
        try {
            return check.get(properties.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            return Verdict.UNREACHABLE;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return Verdict.UNREACHABLE;
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof GatewayException refused
                    ? refused
                    : new IllegalStateException(failure.getCause());
        } finally {
            check.cancel(true);
        }
    }

    private Verdict check(TrackingUri server, MlflowCredential credential) {
        try {
            // Resolved once: both requests go to the addresses that were judged.
            List<InetAddress> judged = addresses.resolve(server.value().getHost());
            Answer anonymous = exchange.get(server, judged, SEARCH, Optional.empty());
            if (isMlflow(anonymous)) {
                return Verdict.OPEN_SERVER;
            }
            return anonymous.status() == 401
                    ? verdict(exchange.get(server, judged, SEARCH, Optional.of(credential)))
                    : Verdict.NOT_MLFLOW;
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
            return Verdict.UNREACHABLE;
        } catch (HttpException noHttp) {
            return Verdict.NOT_MLFLOW;
        }
    }

    private static Verdict verdict(Answer answer) {
        if (isMlflow(answer)) {
            return Verdict.ACCEPTED;
        }
        return switch (answer.status()) {
            case 401 -> Verdict.REFUSED;
            case 403 -> Verdict.FORBIDDEN;
            default -> Verdict.NOT_MLFLOW;
        };
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
