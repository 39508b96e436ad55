package io.interlinkgateway.history.store;

import io.interlinkgateway.history.Observation;
import io.interlinkgateway.job.Job;
import java.util.ArrayList;
import java.util.List;

/// What observations change of a job.
///
/// @param goesOn whether an end was observed that turns out to be none
record JobUpdate(
        String uid, KnownJob before, KnownJob after, List<Change> changes, boolean goesOn) {

    /// A change of a job's state.
    record Change(Observation observation, int ordinal) {}

    static JobUpdate of(String uid, KnownJob before, List<Observation> observations) {
        List<Change> changes = new ArrayList<>();
        KnownJob after = before;
        boolean goesOn = false;
        for (Observation observation : observations) {
            if (after.accepts(observation)) {
                boolean changed = after.changesBy(observation);
                boolean wasOver = after.isOver();
                after = after.after(observation);
                goesOn |= wasOver && !after.isOver();
                if (changed) {
                    changes.removeIf(change -> change.ordinal == KnownJob.MAX_CHANGES);
                    changes.add(new Change(observation, after.changes()));
                }
            }
        }
        return new JobUpdate(uid, before, after, changes, goesOn);
    }

    boolean changesRow() {
        return !after.equals(before);
    }

    boolean changesLabels() {
        return before.changes() == 0
                || !after.job().map(Job::labels).equals(before.job().map(Job::labels));
    }

    boolean mayBeDue() {
        return after.logDueSince().isPresent();
    }

    /// @return the job after the observations; it changed, so it is known
    Job job() {
        return after.job().orElseThrow();
    }
}
