package io.interlinkgateway.history;

import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.Workspace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// What is kept of jobs, where and for how long. Without a directory and without `spring.datasource.url` there is no
/// history; the sandbox then keeps it in memory.
///
/// @param directory the directory of an H2 database, which only one gateway can use; several replicas need PostgreSQL
///     (`spring.datasource.url`)
/// @param passwordFile the file with the password for PostgreSQL, instead of `spring.datasource.password`; it is read
///     for each new connection, so it may change
/// @param keep how long a job is kept after its pod was removed
/// @param log what is kept of logs
/// @param workspaceSize the maximum size of a workspace's archived logs, as they are stored (compressed); if they have
///     more, the oldest are removed once an hour. By default there is no limit
/// @param ttlAfterFinished how long after a job's end its pod is deleted, once its log is archived, at most 30 days; a
///     job spec's `ttlSecondsAfterFinished` is used instead. By default pods stay
/// @param ttlAfterFinishedByWorkspace the same for single workspaces
@ConfigurationProperties("gateway.history")
public record HistoryProperties(
        @Nullable Path directory,
        @Nullable Path passwordFile,
        @DefaultValue("180d") Duration keep,
        @DefaultValue LogSettings log,
        @Nullable DataSize workspaceSize,
        @Nullable Duration ttlAfterFinished,
        @DefaultValue Map<String, Duration> ttlAfterFinishedByWorkspace) {

    /// What is kept of logs.
    ///
    /// @param keep how long a log is kept after it was archived
    /// @param maxSize the maximum size of a container's archived log; of a longer one the first and the last part are
    ///     kept
    public record LogSettings(
            @DefaultValue("30d") Duration keep, @DefaultValue("20MB") DataSize maxSize) {

        private static final DataSize MIN_SIZE = DataSize.ofKilobytes(64);

        public LogSettings {
            requirePositive("log.keep", keep);
            if (maxSize.compareTo(MIN_SIZE) < 0) {
                throw new IllegalArgumentException(
                        "gateway.history.log.max-size must be 64KB or more.");
            }
        }
    }

    public HistoryProperties {
        ttlAfterFinishedByWorkspace = Map.copyOf(ttlAfterFinishedByWorkspace);
        requireTtl(ttlAfterFinished);
        ttlAfterFinishedByWorkspace.values().forEach(HistoryProperties::requireTtl);
        requirePositive("keep", keep);
        if (workspaceSize != null && workspaceSize.toBytes() < 1) {
            throw new IllegalArgumentException(
                    "gateway.history.workspace-size must be 1B or more.");
        }
    }

    private static void requireTtl(@Nullable Duration ttl) {
        if (ttl != null && (ttl.isNegative() || ttl.compareTo(JobSpec.LONGEST_TTL) > 0)) {
            throw new IllegalArgumentException(
                    "gateway.history.ttl-after-finished must be from 0 to 30 days.");
        }
    }

    private static void requirePositive(String name, Duration period) {
        if (!period.isPositive()) {
            throw new IllegalArgumentException("gateway.history." + name + " must be above 0.");
        }
    }

    /// @param workspace a workspace
    /// @return how long after a job's end its pod is deleted there by default; empty if it stays
    public Optional<Duration> ttlAfterFinished(Workspace workspace) {
        return Optional.ofNullable(
                ttlAfterFinishedByWorkspace.getOrDefault(workspace.value(), ttlAfterFinished));
    }

    /// @return the maximum size of a workspace's archived logs as they are stored; empty for no limit
    public Optional<DataSize> sizeLimit() {
        return Optional.ofNullable(workspaceSize);
    }
}
