package io.interlinkgateway.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.interlinkgateway.GatewayApplication;
import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.Requires;
import io.interlinkgateway.bench.SmallDisk;
import io.interlinkgateway.history.store.MeasuredDatabase;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/// What a gateway does, and what its history has, when the disk of the history's database is full for a while.
@Requires(Component.SMALL_DISK)
class FullDiskIT {

    /// The length of each job's log, in bytes, which can't be compressed by much.
    private static final int LOG = 200_000;

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final LocalApi api = new LocalApi(this::port);
    private @Nullable SmallDisk disk;
    private @Nullable ConfigurableApplicationContext gateway;

    @BeforeEach
    void mount(@TempDir Path folder) throws IOException {
        disk = SmallDisk.at(Files.createDirectory(folder.resolve("disk")), "400m");
    }

    @AfterEach
    void unmount() {
        stop();
        disk().close();
        api.close();
    }

    private SmallDisk disk() {
        return Objects.requireNonNull(disk);
    }

    private void start(String... history) {
        gateway =
                new SpringApplicationBuilder(GatewayApplication.class)
                        .profiles("sandbox")
                        .run(
                                Stream.concat(
                                                Stream.of(
                                                        "--server.port=0",
                                                        "--gateway.caller.requests-per-second=1000",
                                                        "--gateway.caller.burst=10000"),
                                                Stream.of(history))
                                        .toArray(String[]::new));
    }

    private void stop() {
        if (gateway != null) {
            gateway.close();
            gateway = null;
        }
    }

    @Test
    void anH2FileOnAFullDiskIsCaughtUp() throws Exception {
        String directory = "--gateway.history.directory=" + disk().directory();
        start(directory);
        List<String> uids = jobsAreRecordedOnce();
        stop();

        start(directory);
        assertThat(names()).hasSize(uids.size() + 1);
        logsAreWhole(uids);
        stop();

        disk().fill();
        start(directory);
        submitted("on-full-disk");
        await().atMost(PATIENCE)
                .until(() ->
                        api.json("/jobs/on-full-disk")
                                .path("state")
                                .asString()
                                .equals("SUCCEEDED"));
        disk().free();
        await().atMost(PATIENCE).until(() -> names().contains("on-full-disk"));
    }

    @Test
    void aPostgreSqlServerWithAFullDiskIsCaughtUp() throws Exception {
        try (MeasuredDatabase.Server server =
                MeasuredDatabase.Server.in(disk().directory().resolve("data"))) {
            start(
                    "--spring.datasource.url=" + server.url("history"),
                    "--spring.datasource.username=postgres");
            // A server whose log of transactions can't begin a new segment stops; this one has room
            // in its segment.
            server.execute("select pg_switch_wal()");
            server.execute("checkpoint");
            jobsAreRecordedOnce();
            stop();
        }
    }

    /// @return the UIDs of the jobs that exist
    private List<String> jobsAreRecordedOnce() throws Exception {
        List<String> uids = new ArrayList<>(List.of(submitted("before")));
        await().atMost(PATIENCE).until(() -> names().contains("before"));

        disk().fill();
        String deleted = submitted("deleted");
        List<String> during = IntStream.range(0, 20).mapToObj(index -> "during-" + index).toList();
        for (String name : during) {
            uids.add(submitted(name));
        }
        for (String name : during) {
            HttpResponse<Stream<String>> events =
                    api.get("/jobs/" + name + "/events", HttpResponse.BodyHandlers.ofLines());
            try (Stream<String> lines = events.body()) {
                assertThat(lines.anyMatch(line -> line.contains("SUCCEEDED"))).isTrue();
            }
            assertThat(api.get("/jobs/" + name + "/logs").body()).hasSize(LOG);
        }
        assertThat(api.delete("/jobs/deleted").statusCode()).isIn(202, 204);
        await().atMost(PATIENCE).until(() -> api.get("/jobs/deleted").statusCode() == 404);
        await().atMost(PATIENCE).until(() -> condition() instanceof HistoryHealth.Down);
        assertThat(api.getOutside("/actuator/health/history").body()).contains("DEGRADED");

        disk().free();

        await().atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> {
                    assertThat(names()).hasSize(uids.size() + 1).doesNotHaveDuplicates();
                    assertThat(api.json("/history/jobs/" + deleted).has("removedAt")).isTrue();
                    logsAreWhole(uids);
                });
        await().atMost(PATIENCE).until(() -> condition() instanceof HistoryHealth.Up);
        return uids;
    }

    private HistoryHealth.Condition condition() {
        return Objects.requireNonNull(gateway).getBean(HistoryHealth.class).condition();
    }

    private void logsAreWhole(List<String> uids) throws IOException, InterruptedException {
        for (String uid : uids) {
            HttpResponse<String> log = api.get("/history/jobs/" + uid + "/logs");
            assertThat(log.headers().firstValue("Log-Completeness")).hasValue("COMPLETE");
            assertThat(log.body()).hasSize(LOG);
        }
    }

    private String submitted(String name) throws IOException, InterruptedException {
        HttpResponse<String> created =
                api.post(
                        "/jobs",
                        """
                        {"name": "%s", "node": "sandbox", "image": "/images/a.sif",
                         "command": ["/bin/sh", "-c"],
                         "args": ["head -c 150000 /dev/urandom | base64 -w 0"],
                         "resources": {"limits": {"cpu": "1", "memory": "64Mi"}}}
                        """
                                .formatted(name));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        return LocalApi.JSON.readTree(created.body()).path("uid").asString();
    }

    private List<String> names() throws IOException, InterruptedException {
        return api.json("/history/jobs?limit=500")
                .path("items")
                .valueStream()
                .map(job -> job.at("/job/name").asString())
                .toList();
    }

    private int port() {
        return Objects.requireNonNull(gateway)
                .getEnvironment()
                .getRequiredProperty("local.server.port", Integer.class);
    }
}
