package io.interlinkgateway.cluster;

import static io.interlinkgateway.cluster.WorkspaceClient.JSON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.PostgreSql;
import io.interlinkgateway.bench.Requires;
import io.interlinkgateway.bench.VirtualNode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Two replicas that share a PostgreSQL database and are killed in turn while they archive the logs of a real SLURM's
/// jobs: nothing may be lost, stored twice or half visible.
@Requires({
    Component.OWN_CONTROL_PLANE,
    Component.SLURM,
    Component.VIRTUAL_NODE,
    Component.APPTAINER
})
class HistoryOfKilledReplicasIT {

    private static final String NODE = "hpc-kills";

    /// Some 170 kB.
    private static final int LINES = 30_000;

    /// A log that a killed replica had reserved is read by the other one after a minute.
    private static final Duration PATIENCE = Duration.ofMinutes(6);

    /// As often as `-Dhistory.kills` gives. The one that has reserved a log to read it is the one that is killed in about
    /// half of the cases.
    @Test
    void theLogsOfJobsAreStoredOnceAndWholeAlthoughReplicasAreKilled(@TempDir Path folder)
            throws Exception {
        int kills = Integer.getInteger("history.kills", 3);
        long seed = Long.getLong("history.seed", System.nanoTime());
        System.out.println("-Dhistory.seed=" + seed);
        Random random = new Random(seed);
        String database = PostgreSql.newDatabase();
        String[] options = {
            "--spring.datasource.url=" + PostgreSql.address(PostgreSql.port(), database),
            "--spring.datasource.username=" + PostgreSql.USER,
            "--spring.datasource.password=any"
        };
        try (EndToEndStack stack =
                        EndToEndStack.open(folder, NODE, VirtualNode.Pace.FIVEFOLD, options);
                GatewayProcess second = new GatewayProcess(folder.resolve("kubeconfig"), options)) {
            List<GatewayProcess> replicas = List.of(stack.gateway(), second);
            WorkspaceClient first = stack.freshClient();
            List<WorkspaceClient> clients = List.of(first, first.at(second));
            await().atMost(PATIENCE)
                    .until(() ->
                            first.ask("GET", "/nodes/" + NODE, JSON, "", 200)
                                    .path("ready")
                                    .asBoolean());

            Map<String, String> outputs = new LinkedHashMap<>();
            int incomplete = 0;
            for (int kill = 0; kill < kills; kill++) {
                WorkspaceClient survivor = clients.get((kill + 1) % 2);
                for (int job = 0; job < 2; job++) {
                    String name = "job-" + outputs.size();
                    outputs.put(submitted(survivor, name), output(name));
                }
                await().atMost(PATIENCE)
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> count(database, "log_reservation") > 0);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(300)));
                replicas.get(kill % 2).killAndStartAgain();
                incomplete += outputs.size() - (int) count(database, "job_log");
                assertNothingIsHalfStored(database);
                replicas.get(kill % 2).awaitReady();
            }

            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofSeconds(1))
                    .untilAsserted(
                            () -> assertThat(count(database, "job_log")).isEqualTo(outputs.size()));
            System.out.printf(
                    "%d kills, %d logs, %d of them not archived at a kill%n",
                    kills, outputs.size(), incomplete);
            assertNothingIsHalfStored(database);
            assertThat(count(database, "job")).isEqualTo(outputs.size());
            for (WorkspaceClient client : clients) {
                assertEachLogIsWhole(client, outputs);
            }
            for (String uid : outputs.keySet()) {
                JsonNode past = first.ask("GET", "/history/jobs/" + uid, JSON, "", 200);
                assertThat(
                                past.path("changes")
                                        .valueStream()
                                        .map(change -> change.at("/job/state").asString())
                                        .filter("SUCCEEDED"::equals))
                        .as(past.toString())
                        .isNotEmpty();
            }
        }
    }

    private static void assertNothingIsHalfStored(String database) {
        assertThat(
                        count(
                                database,
                                "job_log l where kept <> (select coalesce(sum(length), 0) from"
                                        + " log_chunk c where c.uid = l.uid and c.container ="
                                        + " l.container)"))
                .isZero();
    }

    private static void assertEachLogIsWhole(WorkspaceClient client, Map<String, String> outputs)
            throws Exception {
        for (Map.Entry<String, String> job : outputs.entrySet()) {
            HttpResponse<String> log =
                    client.send("GET", "/history/jobs/" + job.getKey() + "/logs", JSON, "");
            assertThat(log.statusCode()).as(log.body()).isEqualTo(200);
            assertThat(log.body().equals(job.getValue()))
                    .as(() ->
                            "%d of %d characters"
                                    .formatted(log.body().length(), job.getValue().length()))
                    .isTrue();
        }
    }

    private static String submitted(WorkspaceClient client, String name) throws Exception {
        return client.ask(
                        "PUT",
                        "/jobs/" + name,
                        JSON,
                        WorkspaceClient.spec(
                                NODE,
                                "for i in $(seq 1 %d); do echo %s $i; done".formatted(LINES, name),
                                "\"partition\": \"cpu\""),
                        201)
                .path("uid")
                .asString();
    }

    private static String output(String name) {
        return IntStream.rangeClosed(1, LINES)
                .mapToObj(line -> name + " " + line + "\n")
                .collect(Collectors.joining());
    }

    private static long count(String database, String rows) {
        return PostgreSql.administrator(database)
                .sql("select count(*) from " + rows)
                .query(Long.class)
                .single();
    }
}
