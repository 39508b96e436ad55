package io.interlinkgateway.cluster.watch;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeList;
import io.interlinkgateway.cluster.api.ApiServer;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.node.VirtualNode;
import io.interlinkgateway.pod.MetadataNames;
import io.interlinkgateway.status.PodReading;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/// The virtual nodes, as reported by one watch that starts with the first read. They are few, so they are not
/// compressed.
public final class WatchedNodes implements ResourceWatch.Sink<Node>, AutoCloseable {

    /// How long a first read waits for the first list.
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final ResourceWatch<Node> watch;
    private final Duration staleness;
    private final Clock clock;
    private final NavigableMap<String, Known> nodes = new ConcurrentSkipListMap<>();
    private final Set<String> listed = new HashSet<>();
    private final AtomicBoolean started = new AtomicBoolean();

    /// A node, and the virtual node that it is.
    private record Known(Node node, Optional<VirtualNode> virtual) {}

    /// @param apiServer where they are watched
    /// @param staleness how old they may be
    /// @param clock the time
    public WatchedNodes(ApiServer apiServer, Duration staleness, Clock clock) {
        this.staleness = staleness;
        this.clock = clock;
        this.watch =
                new ResourceWatch<>(
                        apiServer,
                        "/api/v1/nodes?labelSelector=" + MetadataNames.NODE_TYPE,
                        Node.class,
                        NodeList.class,
                        this,
                        clock);
    }

    /// Starts the watch if necessary, and waits for its first list.
    ///
    /// @return the nodes by name; empty if the API server must be asked
    public Optional<List<VirtualNode>> forReading() {
        return known().map(all -> all.stream().flatMap(known -> known.virtual.stream()).toList());
    }

    private Optional<Collection<Known>> known() {
        if (started.compareAndSet(false, true)) {
            watch.start();
        }
        return watch.awaitFresh(PATIENCE, staleness)
                ? Optional.of(nodes.values())
                : Optional.empty();
    }

    private Optional<Known> known(NodeName name) {
        return known().flatMap(_ -> Optional.ofNullable(nodes.get(name.value())));
    }

    /// @param name a node's
    /// @return the node, unless there is no such virtual node
    public Optional<VirtualNode> find(NodeName name) {
        return known(name).flatMap(Known::virtual);
    }

    /// Whether a node is a virtual node of interLink, or was one when the watch last reported it: its pods remain jobs
    /// while the API server does not respond.
    public boolean has(NodeName name) {
        known();
        Known node = nodes.get(name.value());
        return node != null && node.virtual.isPresent();
    }

    /// The time of a node's last report, if the node is out of contact.
    ///
    /// @return empty if it is in contact, or this is not known
    Optional<Instant> lostContactAt(NodeName name) {
        return known(name).flatMap(known -> PodReading.lostContactAt(known.node, clock.instant()));
    }

    /// @return the nodes that are known to be out of contact
    Set<NodeName> silent() {
        Instant now = clock.instant();
        return known().stream()
                .flatMap(Collection::stream)
                .filter(known -> PodReading.lostContactAt(known.node, now).isPresent())
                .flatMap(known -> known.virtual.stream())
                .map(VirtualNode::name)
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public void listStarted() {
        listed.clear();
    }

    @Override
    public void listed(List<Node> chunk) {
        chunk.forEach(node -> {
            listed.add(node.getMetadata().getName());
            changed(node);
        });
    }

    @Override
    public void listEnded(long version) {
        nodes.keySet().retainAll(listed);
    }

    @Override
    public void changed(Node node) {
        nodes.put(node.getMetadata().getName(), new Known(node, PodReading.nodeFrom(node)));
    }

    @Override
    public void deleted(Node node) {
        nodes.remove(node.getMetadata().getName());
    }

    @Override
    public void reached(long version) {
        // Positions are not used for nodes.
    }

    @Override
    public void close() {
        watch.close();
    }
}
