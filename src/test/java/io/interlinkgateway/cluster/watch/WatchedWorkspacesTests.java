package io.interlinkgateway.cluster.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.interlinkgateway.cluster.ClusterProperties;
import io.interlinkgateway.cluster.api.ApiServer;
import io.interlinkgateway.contract.ObservedJobs;
import io.interlinkgateway.event.WalltimeTimers;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.MissingObject;
import io.interlinkgateway.job.ObjectName;
import io.interlinkgateway.job.ObjectReference;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.job.WorkspaceObjects;
import io.interlinkgateway.slurm.TestHpcJobs;
import io.micrometer.observation.ObservationRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Which workspaces are watched, if there is no room for all. No API server answers.
@Execution(ExecutionMode.CONCURRENT)
class WatchedWorkspacesTests {

    private static final Workspace FIRST = new Workspace("first");
    private static final Workspace SECOND = new Workspace("second");
    private static final Workspace READ = new Workspace("read");

    private final KubernetesClient client =
            new KubernetesClientBuilder()
                    .withConfig(new ConfigBuilder().withMasterUrl("http://127.0.0.1:1").build())
                    .build();
    private final ApiServer apiServer =
            new ApiServer(client, Duration.ofSeconds(3), ObservationRegistry.NOOP);
    private final WatchedNodes nodes =
            new WatchedNodes(apiServer, Duration.ofSeconds(5), Clock.systemUTC());
    private final WatchedWorkspaces workspaces =
            new WatchedWorkspaces(
                    apiServer,
                    TestJobSources.of(
                            apiServer,
                            nodes,
                            new NoObjects(),
                            new LogBudgets(new LogRequestLimits(5, 10, 4, 1)),
                            new OpenFollows(),
                            new TestHpcJobs()),
                    WalltimeTimers.withoutMarks(),
                    new ObservedJobs(),
                    new ClusterProperties.Watches(
                            Duration.ofSeconds(5), Duration.ofMinutes(1), 2, List.of()),
                    Clock.systemUTC());

    private static final class NoObjects implements WorkspaceObjects {

        @Override
        public Optional<Set<String>> find(
                Workspace workspace, ObjectReference.Kind kind, ObjectName name) {
            return Optional.empty();
        }

        @Override
        public String hint(Workspace workspace, MissingObject missing) {
            return "";
        }
    }

    @AfterEach
    void close() {
        workspaces.close();
        nodes.close();
        client.close();
    }

    @Test
    void aRecordedWorkspaceDoesNotTakeThePlaceOfAnotherOne() {
        workspaces.record(FIRST);
        workspaces.record(SECOND);
        assertThat(workspaces.forReading(READ, new JobName("any"))).isEmpty();
        List<WorkspaceWatch> watches = workspaces.all();
        assertThat(watched()).hasSize(2).contains(READ);

        workspaces.startRecorded();
        Stream.of(FIRST, SECOND).forEach(workspaces::record);

        assertThat(workspaces.all()).containsExactlyInAnyOrderElementsOf(watches);
    }

    private Stream<Workspace> watched() {
        return workspaces.all().stream().map(WorkspaceWatch::workspace);
    }

    @Test
    void aRecordedWorkspaceIsWatchedWhenThereIsRoom() {
        workspaces.record(FIRST);

        workspaces.startRecorded();

        assertThat(watched()).containsExactly(FIRST);
    }
}
