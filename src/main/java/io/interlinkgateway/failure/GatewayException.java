package io.interlinkgateway.failure;

import java.time.Duration;
import java.util.List;

/// Everything that can go wrong for a caller. Closed, so that each kind has its problem page.
public abstract sealed class GatewayException extends RuntimeException {

    private GatewayException(String message) {
        super(message);
    }

    /// What was named isn't there, or isn't the caller's.
    public static final class NotFound extends GatewayException {
        /// @param kind `job`, `node` or `credential`
        /// @param name as the caller gave it
        public NotFound(String kind, String name) {
            super("There is no " + kind + " named \"" + Text.shown(name) + "\".");
        }

        /// @param message what is missing, a whole sentence
        public NotFound(String message) {
            super(message);
        }
    }

    /// The request breaks rules; its findings list all of them.
    public static final class Rejected extends GatewayException {
        private final List<Finding> findings;

        /// @param findings at least one error; warnings may stand beside it
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

    /// Another job has this name and another definition.
    public static final class NameTaken extends GatewayException {
        /// @param name the name
        public NameTaken(String name) {
            super("A job named \"" + name + "\" exists and has a different definition.");
        }
    }

    /// The job is not the one that the caller means: it was replaced or is gone. Nothing was done.
    public static final class OtherJob extends GatewayException {
        /// @param name the name that both have
        public OtherJob(String name) {
            super(
                    "The job \""
                            + name
                            + "\" is not the one that If-Match names: it was replaced or deleted"
                            + " meanwhile.");
        }
    }

    /// The Idempotency-Key was used before, for another job.
    public static final class IdempotencyKeyReused extends GatewayException {
        /// @param name the name that the key was sent with, as it was found
        public IdempotencyKeyReused(String name) {
            super(
                    "This Idempotency-Key was sent before, with the name \""
                            + Text.shown(name)
                            + "\" and a request that differs from this one.");
        }
    }

    /// A page's cursor or an event's id is too old or isn't one.
    public static final class CursorExpired extends GatewayException {
        /// The cursor can't be used any more.
        public CursorExpired() {
            super("The cursor or Last-Event-ID has expired or is not valid.");
        }
    }

    /// The cluster did not answer, or not in time. The request may be repeated.
    public static final class ClusterUnavailable extends GatewayException {
        /// @param message what happened, without secrets
        public ClusterUnavailable(String message) {
            super(message);
        }
    }

    /// The cluster answered, but not what the gateway needs.
    public static final class ClusterRefused extends GatewayException {
        /// @param message the cluster's own words
        public ClusterRefused(String message) {
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

    /// The token's issuer does not answer. The request may be repeated.
    public static final class IssuerUnavailable extends GatewayException {
        /// @param message what happened, without the token
        public IssuerUnavailable(String message) {
            super(message);
        }
    }

    /// The caller may see it, but not do it.
    public static final class NotAllowed extends GatewayException {
        /// @param message what is missing
        public NotAllowed(String message) {
            super(message);
        }
    }

    /// The caller asks too much at a time. The request may be repeated later.
    public static final class TooManyRequests extends GatewayException {
        private final Duration retryAfter;

        /// @param message which limit is reached
        /// @param retryAfter when it may go on
        public TooManyRequests(String message, Duration retryAfter) {
            super(message);
            this.retryAfter = retryAfter;
        }

        /// @return when a repeat may succeed
        public Duration retryAfter() {
            return retryAfter;
        }
    }

    /// The gateway computes for other requests, of this caller or of others. The request may be repeated later.
    public static final class Busy extends GatewayException {
        /// Nothing was done.
        public Busy() {
            super("The gateway is busy with other requests.");
        }
    }

    /// The request has an address, host or header that no request may have.
    public static final class RefusedByFirewall extends GatewayException {
        /// The server has logged why.
        public RefusedByFirewall() {
            super("The gateway does not accept the request's address, host or one of its headers.");
        }
    }
}
