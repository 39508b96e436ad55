package io.interlinkgateway.history;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.failure.Text;
import io.interlinkgateway.job.FormerJobs;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Workspace;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/// Finds the jobs of a workspace in the history.
@Component
public class PastJobs implements FormerJobs {

    private static final Pattern UID = Pattern.compile("[-0-9A-Za-z]{1,64}");

    private final JobHistory history;

    PastJobs(JobHistory history) {
        this.history = history;
    }

    /// @param workspace the caller's workspace
    /// @param uid a UID as the caller sent it
    /// @return the job, live or not, with its definition and its archived logs
    /// @throws GatewayException.NotFound if the history has no such job in that workspace
    /// @throws GatewayException.HistoryUnreadable if its entry can't be read
    /// @throws GatewayException.HistoryUnavailable if the history can't be read now
    /// @throws GatewayException.SwitchedOff if there is no history
    public PastJob find(Workspace workspace, String uid) {
        requireUid(uid);
        return history.find(workspace, uid).orElseThrow(() -> missing(uid));
    }

    /// Removes a job from the history.
    ///
    /// @param workspace the caller's workspace
    /// @param uid a UID as the caller sent it
    /// @throws GatewayException.NotFound if the history has no such job in that workspace
    /// @throws GatewayException.JobExists if its pod exists as far as the history knows
    void remove(Workspace workspace, String uid) {
        requireUid(uid);
        switch (history.remove(workspace, uid)) {
            case REMOVED -> {}
            case STILL_LIVE -> throw new GatewayException.JobExists(uid);
            case UNKNOWN -> throw missing(uid);
        }
    }

    /// Databases do not accept all characters.
    private static void requireUid(String uid) {
        if (!UID.matcher(uid).matches()) {
            throw missing(uid);
        }
    }

    private static GatewayException.NotFound missing(String uid) {
        return new GatewayException.NotFound(
                "The history has no job with the UID \"" + Text.shown(uid) + "\".");
    }

    @Override
    public Optional<String> lastOf(Workspace workspace, JobName name) {
        try {
            return history.lastOf(workspace, name);
        } catch (GatewayException.HistoryUnavailable | GatewayException.SwitchedOff _) {
            // A request for a live job must not depend on the history.
            return Optional.empty();
        }
    }
}
