package io.interlinkgateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.OwnControlPlane;
import io.interlinkgateway.bench.Requires;
import io.interlinkgateway.bench.Toxiproxy;
import io.interlinkgateway.cluster.api.ApiServer;
import io.interlinkgateway.cluster.watch.LogBudgets;
import io.interlinkgateway.cluster.watch.LogRequestLimits;
import io.interlinkgateway.cluster.watch.OpenFollows;
import io.interlinkgateway.cluster.watch.TestJobSources;
import io.interlinkgateway.cluster.watch.WatchedNodes;
import io.interlinkgateway.cluster.watch.WatchedWorkspaces;
import io.interlinkgateway.compute.ComputeThreads;
import io.interlinkgateway.event.JobEvent;
import io.interlinkgateway.event.JobEvents;
import io.interlinkgateway.event.JobObserver;
import io.interlinkgateway.event.WalltimeTimers;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.DeletionListener;
import io.interlinkgateway.job.JobFilter;
import io.interlinkgateway.job.JobQuery;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.slurm.TestHpcJobs;
import io.micrometer.observation.ObservationRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What is known of jobs while the network to the API server breaks, and while that is killed and started
/// again: never something false.
@Requires({Component.OWN_CONTROL_PLANE, Component.TOXIPROXY})
class WatchFaultsIT {

    private static final String POD =
            """
            apiVersion: v1
            kind: Pod
            metadata:
              name: NAME
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - name: main
                image: /images/busybox.sif
              nodeSelector: {kubernetes.io/hostname: nowhere}
              tolerations: [{key: virtual-node.interlink/no-schedule, operator: Exists}]
            """;

    private static final ClusterProperties PROPERTIES =
            new ClusterProperties(
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(3),
                    Duration.ofSeconds(10),
                    true,
                    new ClusterProperties.Watches(
                            Duration.ofSeconds(10), Duration.ofMinutes(10), 10, List.of()),
                    new LogRequestLimits(5, 10, 4, 1));

    private static @Nullable OwnControlPlane controlPlane;
    private static @Nullable KubernetesClient direct;
    private static @Nullable Toxiproxy network;

    private final Workspace workspace = new Workspace("w-" + UUID.randomUUID());
    private final Gateway gateway = Gateway.behindTheNetwork();

    /// A gateway behind the network.
    private record Gateway(
            KubernetesClient client,
            WatchedNodes nodes,
            WatchedWorkspaces workspaces,
            KubernetesJobs jobs,
            KubernetesJobEvents events)
            implements AutoCloseable {

        static Gateway behindTheNetwork() {
            Config config = Config.fromKubeconfig(controlPlane().kubeconfig());
            config.setMasterUrl("https://127.0.0.1:" + network().port());
            KubernetesClient client = ClusterConfiguration.clientFor(config, PROPERTIES);
            ApiServer apiServer =
                    new ApiServer(client, PROPERTIES.requestTimeout(), ObservationRegistry.NOOP);
            WatchedNodes nodes =
                    new WatchedNodes(
                            apiServer, PROPERTIES.watches().staleness(), Clock.systemUTC());
            WatchedWorkspaces workspaces =
                    new WatchedWorkspaces(
                            apiServer,
                            TestJobSources.of(
                                    apiServer,
                                    nodes,
                                    new KubernetesWorkspaceObjects(apiServer),
                                    new LogBudgets(PROPERTIES.logRequests()),
                                    new OpenFollows(),
                                    new TestHpcJobs()),
                            WalltimeTimers.withoutMarks(),
                            JobObserver.NONE,
                            PROPERTIES.watches(),
                            Clock.systemUTC());
            workspaces.start();
            return new Gateway(
                    client,
                    nodes,
                    workspaces,
                    new KubernetesJobs(
                            apiServer,
                            workspaces,
                            DeletionListener.NONE,
                            PROPERTIES.replaceTimeout(),
                            new ComputeThreads(2),
                            Clock.systemUTC()),
                    new KubernetesJobEvents(workspaces));
        }

        @Override
        public void close() {
            workspaces.close();
            nodes.close();
            client.close();
        }
    }

    @BeforeAll
    static void start() {
        controlPlane = OwnControlPlane.start("control-plane-of-watches");
        direct =
                ClusterConfiguration.clientFor(
                        Config.fromKubeconfig(controlPlane.kubeconfig()), PROPERTIES);
        network = Toxiproxy.before(URI.create(direct.getConfiguration().getMasterUrl()).getPort());
    }

    @AfterAll
    static void stop() {
        if (network != null) {
            network.close();
        }
        if (direct != null) {
            direct.close();
        }
        if (controlPlane != null) {
            controlPlane.close();
        }
    }

    @BeforeEach
    void makeWorkspace() {
        direct().resource(
                        new NamespaceBuilder()
                                .withNewMetadata()
                                .withName(workspace.value())
                                .endMetadata()
                                .build())
                .create();
    }

    @AfterEach
    void close() {
        gateway.close();
        network().heal();
    }

    @Test
    void aWatchResumesAfterALostConnectionWithoutANewList() {
        create("a");
        await().until(() -> names().equals(List.of("a")));
        long lists = listsOfPods();

        network().cut();
        create("b");
        await().until(() -> names().equals(List.of("a", "b")));
        network().cut();
        delete("a");
        await().until(() -> names().equals(List.of("b")));

        assertThat(listsOfPods()).isEqualTo(lists);
    }

    @Test
    void withoutAConnectionJobsAreReadableUntilTheWatchIsStale() {
        create("a");
        await().until(() -> names().equals(List.of("a")));

        network().breakDown();
        assertThat(names()).containsExactly("a");
        await().untilAsserted(() ->
                assertThatExceptionOfType(GatewayException.ClusterUnavailable.class)
                        .isThrownBy(this::names));
        assertThatExceptionOfType(GatewayException.ClusterUnavailable.class)
                .isThrownBy(() -> gateway.events.subscribe(all(), Optional.empty()));

        create("b");
        network().heal();
        await().ignoreExceptions().until(() -> names().equals(List.of("a", "b")));
    }

    @Test
    void anotherGatewayReportsDeletionsFromBeforeItsWatch() throws Exception {
        create("stays");
        create("ends");
        String position;
        try (JobEvents.Subscription subscription =
                gateway.events.subscribe(all(), Optional.empty())) {
            create("known");
            position = until(subscription, changed("known")).position();
        }
        delete("ends");

        try (Gateway other = Gateway.behindTheNetwork();
                JobEvents.Subscription subscription =
                        other.events.subscribe(all(), Optional.of(position))) {
            assertThat(until(subscription, event -> !(event instanceof JobEvent.Changed)))
                    .isInstanceOfSatisfying(
                            JobEvent.Deleted.class,
                            end -> assertThat(end.name().value()).isEqualTo("ends"));
        }
    }

    @Test
    void theWatchCatchesUpAfterTheApiServerWasKilled() throws Exception {
        create("changes");
        create("ends");
        create("stays");
        await().until(() -> names().size() == 3);
        try (JobEvents.Subscription subscription =
                gateway.events.subscribe(all(), Optional.empty())) {
            String before = subscription.position();
            network().breakDown();
            annotate("changes");
            delete("ends");
            create("new");
            List<String> command = controlPlane().killApiServer();
            forgetHistory(command);
            controlPlane().startAgain(command, () -> "ok".equals(direct().raw("/readyz")));
            network().heal();

            assertThat(names(subscription, 3)).containsExactly("changes", "ends", "new");
            assertThat(names()).containsExactly("changes", "new", "stays");
            assertThat(gateway.jobs.list(query()).items().getFirst().remoteJobId()).contains("17");

            try (Gateway other = Gateway.behindTheNetwork();
                    JobEvents.Subscription resumed =
                            other.events.subscribe(all(), Optional.of(before))) {
                assertThat(resumed.next(Duration.ofSeconds(20)))
                        .get()
                        .isInstanceOf(JobEvent.Reset.class);
            }
        }
    }

    /// The names in the next events, each counted once.
    private static Set<String> names(JobEvents.Subscription subscription, int count)
            throws InterruptedException {
        Set<String> names = new TreeSet<>();
        while (names.size() < count) {
            names.add(
                    switch (subscription.next(Duration.ofSeconds(30)).orElseThrow()) {
                        case JobEvent.Changed seen -> seen.job().name().value();
                        case JobEvent.Deleted end -> end.name().value();
                        case JobEvent.Walltime walltime -> walltime.job().name().value();
                        case JobEvent.Reset reset -> reset.toString();
                        case JobEvent.Ended ended -> ended.toString();
                    });
        }
        return names;
    }

    private static JobEvent until(JobEvents.Subscription subscription, Predicate<JobEvent> last)
            throws InterruptedException {
        JobEvent event = subscription.next(Duration.ofSeconds(30)).orElseThrow();
        while (!last.test(event)) {
            event = subscription.next(Duration.ofSeconds(30)).orElseThrow();
        }
        return event;
    }

    private static Predicate<JobEvent> changed(String name) {
        return event ->
                event instanceof JobEvent.Changed seen && seen.job().name().value().equals(name);
    }

    private List<String> names() {
        return gateway.jobs.list(query()).items().stream().map(job -> job.name().value()).toList();
    }

    private JobQuery query() {
        return new JobQuery(all(), 100, false, Optional.empty());
    }

    private JobFilter all() {
        return new JobFilter(workspace, Optional.empty(), Set.of(), Optional.empty(), Map.of());
    }

    private void create(String name) {
        await().ignoreExceptions()
                .until(() -> {
                    direct().resource(Serialization.unmarshal(POD.replace("NAME", name), Pod.class))
                            .inNamespace(workspace.value())
                            .create();
                    return true;
                });
    }

    private void annotate(String name) {
        direct().pods()
                .inNamespace(workspace.value())
                .withName(name)
                .edit(pod ->
                        new PodBuilder(pod)
                                .editMetadata()
                                .addToAnnotations("JobID", "17")
                                .endMetadata()
                                .build());
    }

    private void delete(String name) {
        direct().pods().inNamespace(workspace.value()).withName(name).delete();
    }

    private static KubernetesClient direct() {
        return Objects.requireNonNull(direct);
    }

    private static OwnControlPlane controlPlane() {
        return Objects.requireNonNull(controlPlane);
    }

    private static Toxiproxy network() {
        return Objects.requireNonNull(network);
    }

    /// How many lists of the pods of one namespace the API server has answered. Its controllers ask for all.
    private static long listsOfPods() {
        Pattern counter =
                Pattern.compile(
                        "apiserver_request_total\\{[^}]*resource=\"pods\"[^}]*scope=\"namespace\""
                                + "[^}]*verb=\"LIST\"[^}]*} (\\d+)");
        return counter.matcher(direct().raw("/metrics"))
                .results()
                .mapToLong(match -> Long.parseLong(match.group(1)))
                .sum();
    }

    /// As etcd is seen every five minutes.
    private static void forgetHistory(List<String> apiServer) throws Exception {
        String etcd = apiServer.get(apiServer.indexOf("--etcd-servers") + 1);
        Matcher revision =
                Pattern.compile("\"revision\":\"(\\d+)\"")
                        .matcher(post(etcd + "/v3/kv/range", "{\"key\": \"AA==\"}"));
        assertThat(revision.find()).isTrue();
        assertThat(
                        post(
                                etcd + "/v3/kv/compaction",
                                "{\"revision\": \"" + revision.group(1) + "\"}"))
                .contains("header");
    }

    private static String post(String address, String body) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create(address))
                                    .POST(HttpRequest.BodyPublishers.ofString(body))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }
}
