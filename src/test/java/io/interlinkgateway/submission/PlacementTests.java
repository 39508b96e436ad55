package io.interlinkgateway.submission;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.contract.SampleJobs;
import io.interlinkgateway.credential.CredentialSummary;
import io.interlinkgateway.credential.Credentials;
import io.interlinkgateway.credential.MlflowCredential;
import io.interlinkgateway.definition.RequestedJob;
import io.interlinkgateway.job.CredentialName;
import io.interlinkgateway.job.Finding;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Quantity;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.node.VirtualNode;
import io.interlinkgateway.node.VirtualNodes;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlacementTests {

    private static final NodeName NODE = new NodeName("vega-new-vk");
    private static final Workspace WORKSPACE = new Workspace("default");

    private final Cluster cluster = new Cluster();
    private Instant now = Instant.parse("2026-11-25T12:00:00Z");
    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    private final Placement placement =
            new Placement(cluster, new RecentNodes(cluster, clock), new NoCredentials());

    @Test
    void aBurstOfJobsReadsItsNodeOnce() {
        cluster.put(node(true));

        for (int job = 0; job < 100; job++) {
            assertThat(assess()).isEmpty();
        }

        assertThat(cluster.reads).isEqualTo(1);
    }

    @Test
    void aJobIsNotLetInByWhatItsNodeSaidLongAgo() {
        cluster.put(node(true));
        assess();
        cluster.put(node(false));
        now = now.plus(RecentNodes.RECENT).plusMillis(1);

        assertThat(assess()).containsExactly("node-ready");
    }

    @Test
    void aNodeThatIsReadyAgainRefusesNothing() {
        cluster.put(node(false));
        assertThat(assess()).containsExactly("node-ready");
        cluster.put(node(true));

        assertThat(assess()).isEmpty();
    }

    @Test
    void aNodeThatHasJustComeIsFound() {
        assertThat(assess()).containsExactly("node-exists");
        cluster.put(node(true));

        assertThat(assess()).isEmpty();
    }

    @Test
    void aNodeThatWasRemovedIsForgotten() {
        cluster.put(node(false));
        assertThat(assess()).containsExactly("node-ready");
        cluster.remove();

        assertThat(assess()).containsExactly("node-exists");
    }

    @Test
    void aReadingOfTheFutureLetsNoJobIn() {
        cluster.put(node(true));
        assess();
        cluster.put(node(false));
        now = now.minusSeconds(3600);

        assertThat(assess()).containsExactly("node-ready");
    }

    private List<String> assess() {
        RequestedJob requested =
                new RequestedJob(Optional.empty(), NODE, SampleJobs.spec("exec sleep 600"));
        return placement.assess(WORKSPACE, requested, Optional.empty()).findings().stream()
                .map(Finding::rule)
                .toList();
    }

    private static VirtualNode node(boolean ready) {
        Map<String, Quantity> amounts =
                Map.of("cpu", new Quantity("48"), "memory", new Quantity("1Ti"));
        return new VirtualNode(
                NODE,
                "virtual-kubelet",
                ready,
                "KubeletPending: kubelet is pending.",
                amounts,
                amounts,
                Map.of(),
                List.of(new VirtualNode.Taint(VirtualNode.INTERLINK_TAINT, "true", "NoSchedule")),
                Optional.empty());
    }

    private static final class Cluster implements VirtualNodes {

        private final Map<NodeName, VirtualNode> nodes = new LinkedHashMap<>();
        private int reads;

        void put(VirtualNode node) {
            nodes.put(node.name(), node);
        }

        void remove() {
            nodes.clear();
        }

        @Override
        public List<VirtualNode> list() {
            return List.copyOf(nodes.values());
        }

        @Override
        public Optional<VirtualNode> find(NodeName name) {
            reads++;
            return Optional.ofNullable(nodes.get(name));
        }
    }

    private static final class NoCredentials implements Credentials {

        @Override
        public Stored put(Workspace workspace, CredentialName name, MlflowCredential credential) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<CredentialSummary> list(Workspace workspace) {
            return List.of();
        }

        @Override
        public Optional<CredentialSummary> find(Workspace workspace, CredentialName name) {
            return Optional.empty();
        }

        @Override
        public Optional<MlflowCredential> reveal(Workspace workspace, CredentialName name) {
            return Optional.empty();
        }

        @Override
        public boolean delete(Workspace workspace, CredentialName name) {
            return false;
        }
    }
}
