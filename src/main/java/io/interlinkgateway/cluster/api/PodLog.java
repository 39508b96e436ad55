package io.interlinkgateway.cluster.api;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.log.LogStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// One container's log from the API server, with failures translated to exceptions. The client's own log watch is not
/// used: it keeps its connection open after it is closed, and can't skip the check of the kubelet's certificate.
public final class PodLog implements LogStream {

    private static final int LONGEST_REFUSAL = 4096;

    private final ApiServer apiServer;
    private final StreamedResponse answer;

    private PodLog(ApiServer apiServer, StreamedResponse answer) {
        this.apiServer = apiServer;
        this.answer = answer;
    }

    /// How much of a log is read.
    public enum Extent {
        /// The whole log so far.
        WHOLE(""),
        /// The whole log so far, and further output until the node reports the container's end.
        FOLLOWED("&follow=true"),
        /// The last line, and further output until the node reports the container's end.
        FOLLOWED_FROM_END("&follow=true&tailLines=1");

        private final String query;

        Extent(String query) {
            this.query = query;
        }
    }

    /// Opens logs.
    ///
    /// @param apiServer requests the log from the virtual kubelet, which requests it from the plugin on the HPC
    /// @param insecureSkipTlsVerifyBackend whether the virtual kubelet's certificate may be self-signed
    public record Source(ApiServer apiServer, boolean insecureSkipTlsVerifyBackend) {

        /// Opens a log and waits for the response's status. When a log is followed, the status arrives with the first
        /// output, which can be late. Then this method returns after half of the deadline without the status.
        ///
        /// @throws GatewayException according to the API server's response
        public PodLog open(String namespace, String pod, String container, Extent extent) {
            String path =
                    "/api/v1/namespaces/"
                            + namespace
                            + "/pods/"
                            + pod
                            + "/log?container="
                            + container
                            + extent.query
                            + (insecureSkipTlsVerifyBackend
                                    ? "&insecureSkipTLSVerifyBackend=true"
                                    : "");
            PodLog log =
                    new PodLog(
                            apiServer,
                            extent != Extent.WHOLE
                                    ? StreamedResponse.openEarly(
                                            apiServer, path, apiServer.deadline().dividedBy(2))
                                    : StreamedResponse.open(apiServer, path));
            try {
                log.requireSuccess();
                return log;
            } catch (GatewayException failure) {
                log.close();
                throw failure;
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                log.close();
                throw ApiServer.stopping();
            }
        }
    }

    private void requireSuccess() throws InterruptedException {
        if (answer.isAnswered() && answer.code() != 200) {
            throw refusal();
        }
    }

    private GatewayException refusal() throws InterruptedException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try {
            while (body.size() < LONGEST_REFUSAL
                    && answer.next(apiServer.deadline()) instanceof Part.Bytes bytes) {
                body.writeBytes(bytes.toByteArray());
            }
        } catch (IOException _) {
            // The part that was received is used.
        }
        ApiServer.Answer refused =
                new ApiServer.Answer(answer.code(), body.toString(StandardCharsets.UTF_8));
        return switch (refused.code()) {
            case 404 ->
                    new GatewayException.NotFound("The log of this job is no longer available.");
            case 400 ->
                    new GatewayException.ClusterUnavailable(
                            String.valueOf(refused.status().getMessage()));
            default -> apiServer.refused(refused.code(), refused.status());
        };
    }

    @Override
    public Part next(Duration patience) throws IOException, InterruptedException {
        requireSuccess();
        return answer.next(patience);
    }

    @Override
    public void close() {
        answer.close();
    }
}
