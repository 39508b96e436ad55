package io.interlinkgateway.failure;

import java.time.Duration;
import java.util.List;

/// All failures that are reported to callers. It is sealed, so that the compiler ensures that each kind has a problem
/// page.
public abstract sealed class GatewayException extends RuntimeException {

    private GatewayException(String message) {
        super(message);
    }

    /// The named object does not exist, or the caller has no access to it.
    public static final class NotFound extends GatewayException {
        /// @param kind `job`, `node` or `credential`
        /// @param name the caller's name for it
        public NotFound(String kind, String name) {
            super("There is no " + kind + " named \"" + Text.shown(name) + "\".");
        }

        /// @param message what is missing, as a whole sentence
        public NotFound(String message) {
            super(message);
        }
    }

    /// The request breaks rules; the findings list all of them.
    public static final class Rejected extends GatewayException {
        private final List<Finding> findings;

        /// @param findings at least one error, and any warnings
        public Rejected(List<Finding> findings) {
            super(
                    findings.size() == 1
                            ? findings.getFirst().message()
                            : findings.size()
                                    + " problems. The first one: "
                                    + findings.getFirst().message());
            this.findings = List.copyOf(findings);
        }

        /// @return all findings
        public List<Finding> findings() {
            return findings;
        }
    }

    /// A job with this name but another definition exists.
    public static final class NameTaken extends GatewayException {
        /// @param name the name
        public NameTaken(String name) {
            super("A job named \"" + name + "\" exists and has a different definition.");
        }
    }

    /// The job is not the one that the caller's `If-Match` names: it was replaced or deleted. Nothing was changed.
    public static final class OtherJob extends GatewayException {
        /// @param name the job's name
        public OtherJob(String name) {
            super(
                    "The job \""
                            + name
                            + "\" is not the one that If-Match names: it was replaced or deleted in"
                            + " the meantime.");
        }
    }

    /// The Idempotency-Key was used before for another job.
    public static final class IdempotencyKeyReused extends GatewayException {
        /// @param name the name of the job for which the key was used
        public IdempotencyKeyReused(String name) {
            super(
                    "This Idempotency-Key was sent before, with the name \""
                            + Text.shown(name)
                            + "\" and a request that differs from this one.");
        }
    }

    /// A page's cursor or an event's id is too old or not valid.
    public static final class CursorExpired extends GatewayException {
        /// The cursor or id can't be used.
        public CursorExpired() {
            super("The cursor or Last-Event-ID has expired or is not valid.");
        }
    }

    /// The cluster did not respond in time. The request may be repeated.
    public static final class ClusterUnavailable extends GatewayException {
        /// @param message what happened, without secrets
        public ClusterUnavailable(String message) {
            super(message);
        }
    }

    /// The cluster responded with an unexpected error.
    public static final class ClusterRefused extends GatewayException {
        /// @param message the cluster's message
        public ClusterRefused(String message) {
            super(message);
        }
    }

    /// The HPC's slurmrestd did not respond, refused, or gave an unusable response. The request may be sent again.
    public static final class HpcUnavailable extends GatewayException {
        /// @param message what happened, without secrets
        public HpcUnavailable(String message) {
            super(message);
        }
    }

    /// The history's database does not respond in time. Live jobs are not affected. The request may be sent again.
    public static final class HistoryUnavailable extends GatewayException {
        /// @param message what happened, without secrets
        public HistoryUnavailable(String message) {
            super(message);
        }
    }

    /// The job's pod no longer exists, but the history has the job.
    public static final class JobGone extends GatewayException {
        private final String uid;

        /// @param name the job's name
        /// @param uid the UID of the last job of that name
        public JobGone(String name, String uid) {
            super("The job \"" + name + "\" no longer exists.");
            this.uid = uid;
        }

        /// @return the UID of the last job of that name
        public String uid() {
            return uid;
        }
    }

    /// The log of a past job can't be read, because it was not archived or is not kept any more.
    public static final class LogGone extends GatewayException {
        /// @param message why, as a whole sentence
        public LogGone(String message) {
            super(message);
        }
    }

    /// The job's pod still exists, so that its history can't be deleted.
    public static final class JobExists extends GatewayException {
        /// @param name the job's name
        public JobExists(String name) {
            super("The job \"" + name + "\" still exists.");
        }
    }

    /// The operators have not enabled the feature.
    public static final class SwitchedOff extends GatewayException {
        /// @param message what is not enabled
        public SwitchedOff(String message) {
            super(message);
        }
    }

    /// The old job is still terminating when the deadline of a replacement has passed.
    public static final class StillTerminating extends GatewayException {
        /// @param name the job
        public StillTerminating(String name) {
            super("The previous job \"" + name + "\" is still terminating.");
        }
    }

    /// The caller is not authenticated.
    public static final class Unauthenticated extends GatewayException {
        /// @param message why, without the token
        public Unauthenticated(String message) {
            super(message);
        }
    }

    /// The token's issuer does not respond. The request may be repeated.
    public static final class IssuerUnavailable extends GatewayException {
        /// @param message what happened, without the token
        public IssuerUnavailable(String message) {
            super(message);
        }
    }

    /// The caller is not permitted to do this.
    public static final class NotAllowed extends GatewayException {
        /// @param message what is required
        public NotAllowed(String message) {
            super(message);
        }
    }

    /// The caller has reached a limit. The request may be repeated later.
    public static final class TooManyRequests extends GatewayException {
        private final Duration retryAfter;

        /// @param message which limit is reached
        /// @param retryAfter the time after which a repeat may succeed
        public TooManyRequests(String message, Duration retryAfter) {
            super(message);
            this.retryAfter = retryAfter;
        }

        /// @return the time after which a repeat may succeed
        public Duration retryAfter() {
            return retryAfter;
        }
    }

    /// The gateway's compute threads are occupied by other requests, of this caller or of others. The request may be
    /// repeated later.
    public static final class Busy extends GatewayException {
        /// Nothing was changed.
        public Busy() {
            super("The gateway is busy with other requests.");
        }
    }

    /// The request has a forbidden address, host or header.
    public static final class RefusedByFirewall extends GatewayException {
        /// The reason is logged.
        public RefusedByFirewall() {
            super("The gateway does not accept the request's address, host or one of its headers.");
        }
    }
}
