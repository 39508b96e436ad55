package io.interlinkgateway.credential;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.interlinkgateway.bench.TestCertificate;
import io.interlinkgateway.job.TrackingUri;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server with a certificate of its own making, for the name mlflow.example.org.
class MlflowProbeTlsTests {

    private static final MlflowCredential ADA =
            new MlflowCredential("ada", "s3cret-marker", Optional.empty());
    private static final MlflowProperties PROPERTIES =
            new MlflowProperties(List.of(), true, Duration.ofSeconds(5));

    private final BlockingQueue<String> logins = new LinkedBlockingQueue<>();
    @TempDir private Path folder = Path.of("");
    private SSLContext context = defaultContext();
    private HttpsServer server = create();

    private static SSLContext defaultContext() {
        try {
            return SSLContext.getDefault();
        } catch (GeneralSecurityException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static HttpsServer create() {
        try {
            return HttpsServer.create(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @BeforeEach
    void start() {
        context = TestCertificate.create(folder, "dns:mlflow.example.org").context();
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext(
                "/",
                exchange -> {
                    String login = exchange.getRequestHeaders().getFirst("Authorization");
                    logins.add(login == null ? "none" : login);
                    exchange.sendResponseHeaders(401, -1);
                    exchange.close();
                });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void aTrustedCertificateForTheNameIsGoodEnough() {
        assertThat(ask("mlflow.example.org", context.getSocketFactory()))
                .isEqualTo(Verdict.REFUSED);
        assertThat(logins).hasSize(2);
    }

    @Test
    void aTrustedCertificateForAnotherNameIsNot() {
        assertThat(ask("other.example.org", context.getSocketFactory()))
                .isEqualTo(Verdict.CERTIFICATE_NOT_TRUSTED);
        assertThat(logins).as("nothing was asked").isEmpty();
    }

    @Test
    void aCertificateThatNobodyTrustsIsNot() {
        assertThat(ask("mlflow.example.org", defaultContext().getSocketFactory()))
                .isEqualTo(Verdict.CERTIFICATE_NOT_TRUSTED);
        assertThat(logins).as("nothing was asked").isEmpty();
    }

    private Verdict ask(String name, SSLSocketFactory tls) {
        PublicAddresses addresses =
                new PublicAddresses(
                        PROPERTIES, _ -> new InetAddress[] {InetAddress.getLoopbackAddress()});
        return new MlflowProbe(PROPERTIES, addresses, tls)
                .ask(
                        TrackingUri.parse(
                                "https://" + name + ":" + server.getAddress().getPort() + "/"),
                        ADA)
                .verdict();
    }
}
