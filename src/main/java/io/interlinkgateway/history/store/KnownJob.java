package io.interlinkgateway.history.store;

import io.interlinkgateway.history.Observation;
import io.interlinkgateway.history.Observation.Presence;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobPhase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/// What the history knows of a job, as far as it decides what an observation changes.
///
/// @param job empty if its row can't be read; the next observation replaces it
record KnownJob(
        long version,
        Instant seenAt,
        Optional<Instant> removedAt,
        Optional<Instant> logDueSince,
        boolean logsArchived,
        int changes,
        Optional<Job> job) {

    /// How many changes of a state are kept. If a job has more, the last one is replaced.
    static final int MAX_CHANGES = 1_000;

    static KnownJob of(ResultSet row) throws SQLException {
        return new KnownJob(
                row.getLong("version"),
                Times.at(row, "seen_at"),
                Times.found(row, "removed_at"),
                Times.found(row, "log_due_since"),
                row.getBoolean("logs_archived"),
                row.getInt("changes"),
                StoredJob.read(row.getString("uid"), row.getString("document")));
    }

    /// @param first the first observation of a job
    /// @return what is known before it, so that it is accepted
    static KnownJob before(Observation first) {
        return new KnownJob(
                Long.MIN_VALUE,
                first.seenAt(),
                Optional.empty(),
                Optional.empty(),
                false,
                0,
                Optional.of(first.job()));
    }

    /// A removal is final, because a UID is never used again; only a removal with a confirmed end replaces one
    /// without. Observations of one version of the pod differ in what the job's record or SLURM shows, which changes
    /// without the pod; of these the latest counts.
    boolean accepts(Observation observation) {
        boolean removal = observation.presence() == Presence.REMOVED;
        if (removedAt.isPresent()) {
            return removal
                    && (job.isEmpty()
                            || (job.get().hasUnconfirmedEnd()
                                    && !observation.job().hasUnconfirmedEnd()));
        }
        return removal
                || observation.version() > version
                || (observation.version() == version
                        && !hasStateOf(observation)
                        && !observation.seenAt().isBefore(seenAt));
    }

    boolean isOver() {
        return removedAt.isPresent()
                || job.filter(known -> JobPhase.of(known.state()).ended()).isPresent();
    }

    boolean changesBy(Observation observation) {
        return changes == 0 || !hasStateOf(observation);
    }

    private boolean hasStateOf(Observation observation) {
        return job.filter(known -> observation.job().hasSameStateAs(known)).isPresent();
    }

    KnownJob after(Observation observation) {
        Optional<Instant> removed =
                observation.presence() == Presence.REMOVED
                        ? removedAt.or(() -> Optional.of(observation.seenAt()))
                        : Optional.empty();
        boolean over = removed.isPresent() || JobPhase.of(observation.job().state()).ended();
        // interLink reports some ends although the job goes on.
        boolean archived = logsArchived && (over || !isOver());
        boolean due = over && !archived;
        return new KnownJob(
                Math.max(version, observation.version()),
                observation.seenAt(),
                removed,
                due ? logDueSince.or(() -> Optional.of(observation.seenAt())) : Optional.empty(),
                archived,
                changesBy(observation) ? Math.min(changes + 1, MAX_CHANGES) : changes,
                Optional.of(observation.job()));
    }
}
