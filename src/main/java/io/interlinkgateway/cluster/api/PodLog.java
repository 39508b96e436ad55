package io.interlinkgateway.cluster.api;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.log.LogStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// One container's log as the API server gives it, with what its refusals mean. The client's own log watch keeps
/// its connection when it is closed, and can't skip the kubelet's certificate.
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
        /// All that is there.
        WHOLE(""),
        /// All, and what comes until the node says that the container has ended.
        FOLLOWED("&follow=true"),
        /// The last line, and what comes until the node says that the container has ended.
        FOLLOWED_FROM_END("&follow=true&tailLines=1");

        private final String query;

        Extent(String query) {
            this.query = query;
        }
    }

    /// Where logs are read.
    ///
    /// @param apiServer which asks the virtual kubelet, which asks the plugin on the HPC
    /// @param insecureSkipTlsVerifyBackend whether the virtual kubelet's certificate may be its own
    public record Source(ApiServer apiServer, boolean insecureSkipTlsVerifyBackend) {

        /// Opens a log, and waits for the first sign of it. A silent job may send that late when it is followed:
        /// then the log is given out without it.
        ///
        /// @throws GatewayException by what the API server answered
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
            } catch (InterruptedException stopped) {
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
        ByteArrayOutputStream words = new ByteArrayOutputStream();
        try {
            while (words.size() < LONGEST_REFUSAL
                    && answer.next(apiServer.deadline()) instanceof Part.Bytes bytes) {
                byte[] part = new byte[bytes.buffer().remaining()];
                bytes.buffer().get(part);
                words.writeBytes(part);
            }
        } catch (IOException cut) {
            // What was said until then has to do.
        }
        ApiServer.Answer refused =
                new ApiServer.Answer(answer.code(), words.toString(StandardCharsets.UTF_8));
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
