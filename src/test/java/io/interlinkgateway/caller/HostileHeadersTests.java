package io.interlinkgateway.caller;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.SharedGateway;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;

/// Headers that the firewall refuses.
@ExtendWith(OutputCaptureExtension.class)
@SharedGateway
@Isolated("nothing else may be logged")
class HostileHeadersTests {

    @LocalServerPort private int port;

    @ParameterizedTest
    @CsvSource({
        "GET, /api/v1/jobs, Authorization",
        "POST, /api/v1/jobs, Idempotency-Key",
        "GET, /swagger-ui/index.html, User-Agent",
        "GET, /swagger-ui/index.html, If-None-Match",
        "GET, /v3/api-docs, Origin",
        "GET, /actuator/health, Content-Type"
    })
    void aHeaderThatIsRefusedIsNoFailureAndIsNotLogged(
            String method, String path, String header, CapturedOutput log) throws Exception {
        String answer =
                answer(
                        method
                                + " "
                                + path
                                + " HTTP/1.1\r\nHost: localhost\r\n"
                                + header
                                + ": Bearer not-for-the-log\u0085\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 400").doesNotContain("not-for-the-log");
        assertThat(log.getAll()).doesNotContain("not-for-the-log", "\tat ");
    }

    private String answer(String request) throws IOException {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.setSoTimeout(10_000);
            client.getOutputStream().write(request.getBytes(ISO_8859_1));
            byte[] answer = new byte[8192];
            int read = client.getInputStream().read(answer);
            return new String(answer, 0, Math.max(read, 0), ISO_8859_1);
        }
    }
}
