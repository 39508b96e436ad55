package io.interlinkgateway.history;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// What the history keeps of jobs, and how long their pods stay.
///
/// @param log how much of a log is kept
/// @param ttlAfterFinished how long after a job's end its pod is deleted, once its log is archived; a job spec's
///     `ttlSecondsAfterFinished` is used instead. By default pods stay
/// @param ttlAfterFinishedByWorkspace the same for single workspaces
@ConfigurationProperties("gateway.history")
public record RecordingProperties(
        @DefaultValue Log log,
        @Nullable Duration ttlAfterFinished,
        @DefaultValue Map<String, Duration> ttlAfterFinishedByWorkspace) {

    private static final Duration LONGEST = Duration.ofDays(30);

    /// How much of a log is kept.
    ///
    /// @param maxSize the maximum size of a container's log in the archive, before compression; of a longer log the
    ///     first and the last bytes are kept, half and half
    public record Log(@DefaultValue("20MB") DataSize maxSize) {

        private static final DataSize SMALLEST = DataSize.ofKilobytes(1);
        private static final DataSize LARGEST = DataSize.ofGigabytes(1);

        /// Checks that a log of that size fits into memory.
        public Log {
            if (maxSize.compareTo(SMALLEST) < 0 || maxSize.compareTo(LARGEST) > 0) {
                throw new IllegalArgumentException(
                        "gateway.history.log.max-size must be from 1KB to 1GB.");
            }
        }
    }

    /// Checks the durations.
    public RecordingProperties {
        ttlAfterFinishedByWorkspace = Map.copyOf(ttlAfterFinishedByWorkspace);
        require(ttlAfterFinished);
        ttlAfterFinishedByWorkspace.values().forEach(RecordingProperties::require);
    }

    private static void require(@Nullable Duration ttl) {
        if (ttl != null && (ttl.isNegative() || ttl.compareTo(LONGEST) > 0)) {
            throw new IllegalArgumentException(
                    "gateway.history.ttl-after-finished must be from 0 to 30 days.");
        }
    }

    /// @param workspace a workspace's name
    /// @return how long after a job's end its pod is deleted there by default; empty if it stays
    Optional<Duration> ttlAfterFinished(String workspace) {
        return Optional.ofNullable(ttlAfterFinishedByWorkspace.get(workspace))
                .or(() -> Optional.ofNullable(ttlAfterFinished));
    }
}
