package io.interlinkgateway.cluster;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.interlinkgateway.bench.TestCertificate;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;

/// A kubelet with a certificate that nobody can verify, like interLink's, and with the log of one job.
final class FakeKubelet implements AutoCloseable {

    private final JobFiles files = new JobFiles();
    private final Queue<String> requests = new ConcurrentLinkedQueue<>();
    private final HttpsServer server;
    private volatile boolean readerIsGone;

    FakeKubelet(TestCertificate certificate) throws IOException {
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(certificate.context()));
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/containerLogs", this::answer);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    List<String> requests() {
        return List.copyOf(requests);
    }

    /// Whether a reader of the log has disconnected since [#forgetRequests].
    boolean aReaderIsGone() {
        return readerIsGone;
    }

    void forgetRequests() {
        readerIsGone = false;
        requests.clear();
    }

    /// The job begins.
    void begin(String uid) {
        files.begin(uid);
    }

    /// The job writes.
    void write(String text) {
        files.write(text);
    }

    /// The job ends well.
    void exit(String uid) {
        files.exit(uid);
    }

    /// As the plugin does: `job.out` as it is now, the output, and for a follower the rest of the output as it
    /// comes, until the container has left its exit code.
    private void answer(HttpExchange exchange) throws IOException {
        String request = exchange.getRequestURI().toString();
        requests.add(request);
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream body = exchange.getResponseBody()) {
            String before = files.jobOut;
            String text = before + files.output;
            int given = text.length() - before.length();
            body.write(text.getBytes(StandardCharsets.UTF_8));
            body.flush();
            while (request.contains("follow=true")) {
                boolean last = files.exited;
                String all = files.output;
                body.write(all.substring(given).getBytes(StandardCharsets.UTF_8));
                body.flush();
                given = all.length();
                if (last) {
                    return;
                }
                files.awaitChange(all);
            }
        } catch (IOException cut) {
            readerIsGone = true;
        }
    }

    /// One job's files. For one writer.
    private static final class JobFiles {

        private volatile String jobOut = "";
        private volatile String output = "";
        private volatile boolean exited;

        synchronized void begin(String uid) {
            jobOut =
                    "This pod logs/%s has been submitted to SLURM node node1.\n".formatted(uid)
                            + "To get more info, please run: scontrol show job 4711.\n"
                            + "2026-11-23T23:56:53+00:00 Running in background main pid 30024...\n"
                            + "2026-11-23T23:56:53+00:00 Waiting for container main pid 30024...\n";
            output = "";
            exited = false;
        }

        synchronized void write(String text) {
            output += text;
            notifyAll();
        }

        synchronized void exit(String uid) {
            String file = "/ceph/interlink/default-" + uid + "/run-main.status";
            jobOut +=
                    """
                    2026-11-23T23:57:13+00:00 Container main pid 30024 ended with status 0.
                    2026-11-23T23:57:13+00:00 Checking if file exists: %s ...
                    2026-11-23T23:57:13+00:00 attempt 1/60 file found %s
                    2026-11-23T23:57:13+00:00 End of script, highest exit code 0...
                    """
                            .formatted(file, file);
            exited = true;
            write("\nreal\t0m20.151s\nuser\t0m0.062s\nsys\t0m0.067s\n");
        }

        synchronized void awaitChange(String known) throws IOException {
            try {
                while (output.equals(known)) {
                    wait(100);
                    if (output.equals(known)) {
                        return;
                    }
                }
            } catch (InterruptedException stopped) {
                throw new IOException(stopped);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
