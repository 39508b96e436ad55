package io.interlinkgateway.cluster.watch;

import io.interlinkgateway.job.NodeName;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A follower's position: a version, and the nodes that were out of contact at that time. A node that loses contact or
/// recovers changes the state of its jobs without changing a pod.
///
/// @param version a resource version
/// @param silent the nodes that were out of contact
record FollowerPosition(long version, Set<NodeName> silent) {

    private static final String SEPARATOR = "~";

    /// @return the position; empty if the text is not one
    static Optional<FollowerPosition> parse(String text) {
        List<String> parts = List.of(text.split(SEPARATOR, -1));
        try {
            return Optional.of(
                    new FollowerPosition(
                            Long.parseUnsignedLong(parts.getFirst()),
                            parts.stream()
                                    .skip(1)
                                    .map(NodeName::new)
                                    .collect(Collectors.toUnmodifiableSet())));
        } catch (IllegalArgumentException ex) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return Stream.concat(
                        Stream.of(Long.toString(version)),
                        silent.stream().map(NodeName::value).sorted())
                .collect(Collectors.joining(SEPARATOR));
    }
}
