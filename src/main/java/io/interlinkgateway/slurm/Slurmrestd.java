package io.interlinkgateway.slurm;

import io.interlinkgateway.failure.Text;
import io.interlinkgateway.slurm.NodeProperties.SlurmrestdProperties;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.InputStreamResponseListener;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.io.Transport;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/// A client of one slurmrestd. It sends one request at a time, follows no redirects, keeps no cookies and decompresses
/// nothing, and limits each response in time and size.
final class Slurmrestd implements AutoCloseable {

    /// From SLURM 22.05 to 26.05.
    private static final List<String> VERSIONS =
            IntStream.iterate(46, version -> version >= 38, version -> version - 1)
                    .mapToObj(version -> "v0.0." + version)
                    .toList();

    private static final int LONGEST_TOKEN = 16 * 1024;
    private static final String PRINTED = "SLURM_JWT=";
    private static final int LONGEST_ERROR = 64 * 1024;
    private static final int LONGEST_TEXT = 200;

    private final SlurmrestdProperties properties;
    private final SlurmrestdAddress address;
    private final Clock clock;
    private final HttpClient client;
    private final ReentrantLock oneAtATime = new ReentrantLock();
    private @Nullable String version;

    /// @throws IllegalStateException if the trusted certificates can't be read
    Slurmrestd(SlurmrestdProperties properties, Clock clock) {
        this.properties = properties;
        this.address = properties.parsedAddress();
        this.clock = clock;
        this.version = properties.apiVersion();
        ClientConnector connector = new ClientConnector();
        connector.setSelectors(1);
        connector.setSslContextFactory(tls(properties.caFile()));
        client = new HttpClient(new HttpClientTransportOverHTTP(connector));
        client.setExecutor(threads());
        client.setName("slurmrestd");
        client.setUserAgentField(null);
        client.setHttpCookieStore(new HttpCookieStore.Empty());
        client.setMaxConnectionsPerDestination(1);
        client.setConnectTimeout(properties.timeout().toMillis());
        try {
            client.start();
            client.getContentDecoderFactories().clear();
            // These follow redirects, and fail if a 401 has no challenge.
            client.getProtocolHandlers().clear();
        } catch (Exception failure) {
            throw new IllegalStateException("The client of slurmrestd does not start.", failure);
        }
    }

    private static QueuedThreadPool threads() {
        QueuedThreadPool threads = new QueuedThreadPool(8, 1);
        threads.setName("slurmrestd");
        threads.setDaemon(true);
        return threads;
    }

    private static SslContextFactory.Client tls(@Nullable Path certificates) {
        SslContextFactory.Client tls = new SslContextFactory.Client();
        if (certificates != null) {
            tls.setTrustStore(trusted(certificates));
        }
        return tls;
    }

    private static KeyStore trusted(Path file) {
        try (InputStream pem = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int count = 0;
            for (Certificate one :
                    CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                store.setCertificateEntry("ca-" + count++, one);
            }
            if (count == 0) {
                throw new IllegalStateException("The file has no certificate: " + file);
            }
            return store;
        } catch (IOException | GeneralSecurityException unreadable) {
            throw new IllegalStateException("No certificates can be read in " + file, unreadable);
        }
    }

    /// @return all jobs that can be jobs of pods
    /// @throws SlurmrestdException if there is no usable response in time
    List<SlurmJob> jobs() throws SlurmrestdException {
        oneAtATime.lock();
        try {
            String known = version;
            List<String> candidates = known == null ? VERSIONS : List.of(known);
            for (String candidate : candidates) {
                Instant askedAt = clock.instant();
                Optional<List<SlurmJob>> jobs =
                        ask(
                                "GET",
                                "/slurm/" + candidate + "/jobs",
                                body -> JobsAnswer.read(body, askedAt));
                if (jobs.isPresent()) {
                    version = candidate;
                    return jobs.get();
                }
            }
            version = properties.apiVersion();
            throw new SlurmrestdException(
                    "It has no version of the API from "
                            + candidates.getLast()
                            + " to "
                            + candidates.getFirst()
                            + ".");
        } finally {
            oneAtATime.unlock();
        }
    }

    /// Ends a job.
    ///
    /// @param id its id in SLURM
    /// @throws SlurmrestdException if SLURM refuses, or does not respond in time
    void cancel(String id) throws SlurmrestdException {
        oneAtATime.lock();
        try {
            String known = version;
            if (known == null) {
                throw new SlurmrestdException("It has not responded yet.");
            }
            Optional<byte[]> answer =
                    ask(
                            "DELETE",
                            "/slurm/" + known + "/job/" + id,
                            body -> body.readNBytes(LONGEST_ERROR));
            if (answer.isEmpty()) {
                throw new SlurmrestdException("SLURM has no job " + id + ".");
            }
            Optional<String> error = answer.flatMap(JobsAnswer::errorIn);
            if (error.isPresent()) {
                throw new SlurmrestdException("SLURM: " + error.get());
            }
        } finally {
            oneAtATime.unlock();
        }
    }

    /// Reads a response's body.
    private interface Reading<T> {

        T read(InputStream body) throws IOException, SlurmrestdException;
    }

    /// @return what was read; empty if the path does not exist there
    private <T> Optional<T> ask(String method, String path, Reading<T> reading)
            throws SlurmrestdException {
        Optional<String> token = token();
        try {
            return send(method, path, token, reading);
        } catch (SlurmrestdException failure) {
            throw token.filter(secret -> failure.reason().contains(secret)).isPresent()
                    ? new SlurmrestdException("Its response contains the gateway's own token.")
                    : failure;
        }
    }

    private <T> Optional<T> send(
            String method, String path, Optional<String> token, Reading<T> reading)
            throws SlurmrestdException {
        InputStreamResponseListener listener = new InputStreamResponseListener();
        Request request = request(method, path, token);
        try {
            request.send(listener);
            Response response =
                    listener.get(properties.timeout().toMillis(), TimeUnit.MILLISECONDS);
            try (InputStream body = new Bounded(listener.getInputStream())) {
                return switch (response.getStatus()) {
                    case 200 -> Optional.of(reading.read(body));
                    case 404 -> Optional.empty();
                    default -> throw refused(response.getStatus(), body);
                };
            }
        } catch (TimeoutException late) {
            throw tooLate(request, late);
        } catch (ExecutionException failure) {
            throw failed(request, failure.getCause() == null ? failure : failure.getCause());
        } catch (IOException failure) {
            throw failed(request, failure);
        } catch (InterruptedException stopped) {
            var _ = request.abort(stopped);
            Thread.currentThread().interrupt();
            throw new SlurmrestdException("The gateway is stopping.");
        }
    }

    private Request request(String method, String path, Optional<String> token) {
        Request request =
                switch (address) {
                    case SlurmrestdAddress.Network(URI uri) -> client.newRequest(uri + path);
                    case SlurmrestdAddress.UnixSocket(Path socket) ->
                            client.newRequest("http://localhost" + path)
                                    .transport(new Transport.TCPUnix(socket));
                };
        return request.method(method)
                .timeout(properties.timeout().toMillis(), TimeUnit.MILLISECONDS)
                .headers(headers -> {
                    headers.put("Accept", "application/json");
                    properties.owner().ifPresent(user -> headers.put("X-SLURM-USER-NAME", user));
                    token.ifPresent(secret -> headers.put("X-SLURM-USER-TOKEN", secret));
                });
    }

    /// The file has the token alone, or as `scontrol token` prints it.
    private Optional<String> token() throws SlurmrestdException {
        Path file = properties.tokenFile();
        if (file == null) {
            return Optional.empty();
        }
        try (InputStream content = Files.newInputStream(file)) {
            String token =
                    new String(content.readNBytes(LONGEST_TOKEN), StandardCharsets.US_ASCII)
                            .strip();
            if (token.startsWith(PRINTED)) {
                token = token.substring(PRINTED.length());
            }
            if (!token.matches("[!-~]+")) {
                throw new SlurmrestdException("The file contains no token: " + file);
            }
            return Optional.of(token);
        } catch (IOException unreadable) {
            throw new SlurmrestdException("The file with its token can't be read: " + file);
        }
    }

    private static SlurmrestdException refused(int status, InputStream body) throws IOException {
        byte[] content = body.readNBytes(LONGEST_ERROR);
        String message =
                JobsAnswer.errorIn(content)
                        .orElseGet(() ->
                                Text.shown(
                                        new String(content, StandardCharsets.UTF_8).strip(),
                                        LONGEST_TEXT));
        return new SlurmrestdException(
                "It responded with " + status + (message.isEmpty() ? "." : ": " + message));
    }

    private SlurmrestdException tooLate(Request request, Throwable late) {
        var _ = request.abort(late);
        return new SlurmrestdException(
                "It did not respond within " + properties.timeout().toMillis() + " ms.");
    }

    private SlurmrestdException failed(Request request, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof TimeoutException late) {
                return tooLate(request, late);
            }
            if (cause instanceof TooLargeException) {
                return new SlurmrestdException(
                        "Its response is larger than "
                                + properties.maxAnswer().toBytes()
                                + " bytes.");
            }
        }
        return new SlurmrestdException(
                "It can't be reached: " + Text.shown(failure.toString(), LONGEST_TEXT));
    }

    private static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1;
    }

    /// Throws an exception if a response is too large.
    private final class Bounded extends FilterInputStream {

        private long left = properties.maxAnswer().toBytes();

        Bounded(InputStream body) {
            super(body);
        }

        @Override
        public int read() throws IOException {
            int one = super.read();
            count(one < 0 ? 0 : 1);
            return one;
        }

        @Override
        public int read(byte[] bytes, int from, int most) throws IOException {
            int read = super.read(bytes, from, most);
            count(Math.max(read, 0));
            return read;
        }

        private void count(int read) throws IOException {
            left -= read;
            if (left < 0) {
                throw new TooLargeException();
            }
        }
    }

    @Override
    public void close() {
        try {
            client.stop();
        } catch (Exception alreadyBroken) {
            throw new IllegalStateException(
                    "The client of slurmrestd does not stop.", alreadyBroken);
        }
    }
}
