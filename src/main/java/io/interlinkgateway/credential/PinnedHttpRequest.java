package io.interlinkgateway.credential;

import io.interlinkgateway.job.TrackingUri;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.HttpProcessors;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.apache.hc.core5.http.protocol.HttpProcessor;
import org.jspecify.annotations.Nullable;

/// One GET over a new connection to one of the given addresses. It has no support for redirects, cookies, proxies and
/// logging, so it can't use them (docs/adr/0006).
final class PinnedHttpRequest {

    private static final int MAX_BODY_BYTES = 64 * 1024;

    private static final Http1Config LIMITS =
            Http1Config.custom().setMaxLineLength(8192).setMaxHeaderCount(100).build();

    private static final HttpProcessor HEADERS = HttpProcessors.client("interlink-gateway");

    private final SSLSocketFactory tls;
    private final Duration connectTimeout;

    PinnedHttpRequest(SSLSocketFactory tls, Duration connectTimeout) {
        this.tls = tls;
        this.connectTimeout = connectTimeout;
    }

    /// A server's response.
    ///
    /// @param status the status code
    /// @param mediaType the media type without parameters, or empty
    /// @param body the body as UTF-8, at most 64 KiB of it
    /// @param whole whether the body is complete
    /// @param location the target of a redirect, or empty
    /// @param challenges the authentication challenges, or empty
    record Answer(
            int status,
            String mediaType,
            String body,
            boolean whole,
            String location,
            String challenges) {

        /// @param scheme `Basic` or `Bearer`
        boolean asksFor(String scheme) {
            return Pattern.compile("(^|,)\\s*" + scheme + "(\\s|,|$)", Pattern.CASE_INSENSITIVE)
                    .matcher(challenges)
                    .find();
        }
    }

    /// @param server its name is checked in the certificate and sent as Host
    /// @param addresses that server's addresses
    /// @param path a path below the server's own path
    /// @param credential the credential to send, or none
    Answer get(
            TrackingUri server,
            List<InetAddress> addresses,
            String path,
            Optional<MlflowCredential> credential)
            throws IOException, HttpException {
        try (Socket socket = secured(connect(addresses, server.port()), server)) {
            DefaultBHttpClientConnection connection = new DefaultBHttpClientConnection(LIMITS);
            connection.bind(socket);
            HttpCoreContext context = HttpCoreContext.create();
            HttpRequestExecutor executor = new HttpRequestExecutor();
            ClassicHttpRequest request = request(server.value(), path, credential);
            executor.preProcess(request, HEADERS, context);
            return answer(executor.execute(request, connection, context));
        }
    }

    private static ClassicHttpRequest request(
            URI server, String path, Optional<MlflowCredential> credential) {
        String base = server.getRawPath().replaceFirst("(?<!/)/+$", "");
        HttpHost host = new HttpHost(server.getScheme(), server.getHost(), server.getPort());
        ClassicHttpRequest request = new BasicClassicHttpRequest(Method.GET, host, base + path);
        request.setHeader(HttpHeaders.CONNECTION, "close");
        credential.ifPresent(
                used -> request.setHeader(HttpHeaders.AUTHORIZATION, used.login().authorization()));
        return request;
    }

    private Socket connect(List<InetAddress> addresses, int port) throws IOException {
        IOException failure = new IOException("none of its addresses takes a connection");
        for (InetAddress address : addresses) {
            // Without this, java.net.Socket uses the system property socksProxyHost.
            Socket socket = new Socket(Proxy.NO_PROXY);
            try {
                socket.connect(
                        new InetSocketAddress(address, port),
                        Math.toIntExact(connectTimeout.toMillis()));
                return socket;
            } catch (IOException refused) {
                socket.close();
                failure.addSuppressed(refused);
            }
        }
        throw failure;
    }

    private Socket secured(Socket socket, TrackingUri server) throws IOException {
        if (!server.isSecured()) {
            return socket;
        }
        String host = server.value().getHost().replaceAll("[\\[\\]]", "");
        SSLSocket secured = (SSLSocket) tls.createSocket(socket, host, server.port(), true);
        try {
            SSLParameters parameters = secured.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            secured.setSSLParameters(parameters);
            secured.startHandshake();
            return secured;
        } catch (IOException failure) {
            secured.close();
            throw failure;
        }
    }

    // The body's stream is deliberately not closed: closing reads it to the end, which may never
    // come.
    private static Answer answer(ClassicHttpResponse response) throws IOException {
        byte[] body = new byte[0];
        boolean whole = true;
        HttpEntity entity = response.getEntity();
        if (entity != null) {
            InputStream content = entity.getContent();
            body = content.readNBytes(MAX_BODY_BYTES);
            whole = content.read() < 0;
        }
        String mediaType = value(response.getFirstHeader(HttpHeaders.CONTENT_TYPE));
        return new Answer(
                response.getCode(),
                mediaType.replaceFirst(";.*", "").strip(),
                new String(body, StandardCharsets.UTF_8),
                whole,
                value(response.getFirstHeader(HttpHeaders.LOCATION)),
                Stream.of(response.getHeaders(HttpHeaders.WWW_AUTHENTICATE))
                        .map(PinnedHttpRequest::value)
                        .collect(Collectors.joining(",")));
    }

    private static String value(@Nullable Header header) {
        return header == null || header.getValue() == null ? "" : header.getValue();
    }
}
