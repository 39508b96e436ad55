package io.interlinkgateway.credential;

import io.interlinkgateway.job.Finding;
import io.interlinkgateway.job.GatewayException;
import io.interlinkgateway.job.TrackingUri;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.util.Timeout;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/// Asks an MLflow server whether it accepts a credential: first without it, because an open server accepts
/// every password. `/health` would prove nothing, it is never protected.
@Component
class MlflowProbe implements DisposableBean {

    private static final String SEARCH = "/api/2.0/mlflow/experiments/search?max_results=1";
    private static final int LONGEST_ANSWER = 64 * 1024;

    private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
    private final MlflowProperties properties;
    private final CloseableHttpClient http;

    /// No redirect is followed, no cookie and no connection kept, no proxy of the environment used.
    MlflowProbe(MlflowProperties properties) {
        this.properties = properties;
        Timeout timeout = Timeout.of(properties.timeout());
        this.http =
                HttpClients.custom()
                        .disableRedirectHandling()
                        .disableCookieManagement()
                        .disableAuthCaching()
                        .disableAutomaticRetries()
                        .setDefaultRequestConfig(
                                RequestConfig.custom().setResponseTimeout(timeout).build())
                        .setConnectionManager(
                                PoolingHttpClientConnectionManagerBuilder.create()
                                        .setDnsResolver(new PublicAddresses(properties))
                                        .setDefaultConnectionConfig(
                                                ConnectionConfig.custom()
                                                        .setConnectTimeout(timeout)
                                                        .setTimeToLive(Timeout.ZERO_MILLISECONDS)
                                                        .build())
                                        .build())
                        .build();
    }

    /// What matters of an answer.
    ///
    /// @param code the HTTP status
    /// @param json whether it is a JSON object
    private record Answer(int code, boolean json) {

        boolean isMlflow() {
            return code == 200 && json;
        }
    }

    /// @param server where to ask
    /// @param credential whom to ask about
    /// @return the server's verdict
    /// @throws GatewayException.Rejected if the gateway must not call that address
    Verdict ask(TrackingUri server, MlflowCredential credential) {
        URI address = URI.create(server.toString().replaceAll("/+$", "") + SEARCH);
        try {
            Answer anonymous = get(address, Optional.empty());
            if (anonymous.isMlflow()) {
                return Verdict.OPEN_SERVER;
            }
            return anonymous.code == 401
                    ? verdict(get(address, Optional.of(credential)))
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
        }
    }

    private static Verdict verdict(Answer answer) {
        if (answer.isMlflow()) {
            return Verdict.ACCEPTED;
        }
        return switch (answer.code) {
            case 401 -> Verdict.REFUSED;
            case 403 -> Verdict.FORBIDDEN;
            default -> Verdict.NOT_MLFLOW;
        };
    }

    /// One request within the whole deadline, which a server that sends a byte now and then can't stretch.
    private Answer get(URI address, Optional<MlflowCredential> credential) throws IOException {
        HttpGet request = new HttpGet(address);
        request.setHeader(HttpHeaders.ACCEPT, "application/json");
        credential.ifPresent(
                login -> request.setHeader(HttpHeaders.AUTHORIZATION, authorization(login)));
        Future<Answer> answer = calls.submit(() -> http.execute(request, MlflowProbe::read));
        try {
            return answer.get(properties.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof IOException known
                    ? known
                    : new IOException("The check failed.");
        } catch (TimeoutException late) {
            request.cancel();
            throw new IOException("The server is too slow.");
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            request.cancel();
            throw new IOException("The gateway is stopping.");
        }
    }

    private static Answer read(ClassicHttpResponse response) throws IOException {
        String type =
                response.getEntity() == null || response.getEntity().getContentType() == null
                        ? ""
                        : response.getEntity().getContentType();
        if (!type.startsWith("application/json")) {
            return new Answer(response.getCode(), false);
        }
        byte[] body = response.getEntity().getContent().readNBytes(LONGEST_ANSWER);
        return new Answer(
                response.getCode(),
                new String(body, StandardCharsets.UTF_8).stripLeading().startsWith("{"));
    }

    private static String authorization(MlflowCredential credential) {
        String login = credential.username() + ":" + credential.password();
        return "Basic "
                + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void destroy() throws IOException {
        calls.shutdownNow();
        http.close();
    }
}
