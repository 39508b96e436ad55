package io.interlinkgateway.submission;

import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.node.VirtualNode;
import io.interlinkgateway.node.VirtualNodes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/// Nodes as they were read a moment ago: a burst of jobs for one node would else read it once for each.
@Component
class RecentNodes {

    /// Little beside the 30 s between the pings by which interLink learns what it says of a node.
    static final Duration RECENT = Duration.ofSeconds(2);

    private final VirtualNodes nodes;
    private final Clock clock;
    private final Map<NodeName, Reading> readings = new ConcurrentHashMap<>();

    RecentNodes(VirtualNodes nodes, Clock clock) {
        this.nodes = nodes;
        this.clock = clock;
    }

    private record Reading(VirtualNode node, Instant at) {

        /// A clock that was set back makes a reading of the future, which nobody knows the age of.
        boolean isRecent(Instant now) {
            return !now.isBefore(at) && !now.isAfter(at.plus(RECENT));
        }
    }

    /// @return the node as it was at most [#RECENT] ago, if it was read since
    Optional<VirtualNode> recent(NodeName name) {
        Instant now = clock.instant();
        return Optional.ofNullable(readings.get(name))
                .filter(reading -> reading.isRecent(now))
                .map(Reading::node);
    }

    /// @return the node as it is now, unless there is none
    Optional<VirtualNode> now(NodeName name) {
        Instant before = clock.instant();
        Optional<VirtualNode> node = nodes.find(name);
        node.ifPresentOrElse(
                found -> readings.put(name, new Reading(found, before)),
                () -> readings.remove(name));
        return node;
    }
}
