package io.interlinkgateway.problem;

import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;

/// All types of problems.
enum ProblemType {
    INVALID_JOB(
            HttpStatus.UNPROCESSABLE_CONTENT,
            "Invalid job",
            "The job breaks one or more rules. The member findings lists each problem with its"
                    + " field, its rule and a hint.",
            "Correct the fields that the findings name and send the job again."),
    INVALID_REQUEST(
            HttpStatus.UNPROCESSABLE_CONTENT,
            "Invalid request",
            "The body or a parameter breaks one or more rules. The member findings lists each"
                    + " problem with its field, its rule and a hint.",
            "Correct the fields that the findings name and send the request again."),
    MALFORMED_REQUEST(
            HttpStatus.BAD_REQUEST,
            "Malformed request",
            "The body is not valid JSON or YAML, is incomplete or has an unknown field, or a"
                    + " parameter cannot be read.",
            "Correct what the detail names, and what the findings name if there are any."),
    NOT_FOUND(
            HttpStatus.NOT_FOUND,
            "Not found",
            "The workspace has nothing with this name, or you have no access to it.",
            "Check the name and the parameter workspace, or list the existing objects."),
    NAME_TAKEN(
            HttpStatus.CONFLICT,
            "Name already in use",
            "Another job in this workspace has this name and a different definition.",
            "Choose another name, or replace the job with PUT /api/v1/jobs/{name}?replace=true."),
    OTHER_JOB(
            HttpStatus.PRECONDITION_FAILED,
            "The job is another one now",
            "The header If-Match names a job that was replaced or deleted in the meantime. Nothing"
                    + " was changed.",
            "Get the job again. If it no longer exists, a DELETE is not needed, and a PUT must be"
                + " sent without If-Match. If another job has the name, send the request with its"
                + " new ETag if you mean that job."),
    STILL_TERMINATING(
            HttpStatus.CONFLICT,
            "Previous job still terminating",
            "A job with this name was deleted, but its pod still exists.",
            "Send the request again in a few seconds."),
    IDEMPOTENCY_KEY_REUSED(
            HttpStatus.UNPROCESSABLE_CONTENT,
            "Idempotency-Key already used",
            "This key was sent before, with another name or definition.",
            "Use a new key for each new job. Reuse a key only to repeat the same request."),
    CURSOR_EXPIRED(
            HttpStatus.GONE,
            "Cursor expired",
            "A cursor is valid for a few minutes, and only exactly as the gateway returned it. The"
                    + " header Last-Event-ID must have an id of the same job's events.",
            "Start again without the parameter cursor and the header Last-Event-ID."),
    CLUSTER_UNAVAILABLE(
            HttpStatus.SERVICE_UNAVAILABLE,
            "Cluster unavailable",
            "The Kubernetes API server did not respond in time, or is overloaded.",
            "Send the request again in a few seconds. With an Idempotency-Key this cannot create"
                    + " two jobs."),
    CLUSTER_REFUSED(
            HttpStatus.BAD_GATEWAY,
            "Refused by the cluster",
            "The Kubernetes API server rejected the gateway's request. The detail contains its"
                    + " message.",
            "Contact the gateway's operator: a permission may be missing, or a quota may be used"
                    + " up."),
    HPC_UNAVAILABLE(
            HttpStatus.SERVICE_UNAVAILABLE,
            "HPC unavailable",
            "The HPC's slurmrestd did not respond in time, or refused the gateway's request. The"
                    + " detail shows which.",
            "Send the request again in a few seconds. If that does not help, contact the gateway's"
                    + " operator."),
    HISTORY_UNAVAILABLE(
            HttpStatus.SERVICE_UNAVAILABLE,
            "History unavailable",
            "The history's database did not respond in time. Live jobs are not affected.",
            "Send the request again in a few seconds. If that does not help, contact the gateway's"
                    + " operator."),
    JOB_GONE(
            HttpStatus.NOT_FOUND,
            "Job no longer exists",
            "The job was deleted, replaced or removed with its pod. The member uid has the UID of"
                    + " the last job of this name.",
            "Get it from the history: GET /api/v1/history/jobs/{uid}."),
    JOB_EXISTS(
            HttpStatus.CONFLICT,
            "Job still exists",
            "Only the history of a job whose pod was removed can be deleted. Nothing was changed.",
            "Delete the job with DELETE /api/v1/jobs/{name}. Once its pod is removed, send this"
                    + " request again."),
    LOG_GONE(
            HttpStatus.GONE,
            "Log not archived",
            "The job's pod no longer exists and its log is not in the archive: it could not be"
                    + " read before the pod was removed, or the time for which logs are kept is"
                    + " over. The detail shows which.",
            "See the member logs of GET /api/v1/history/jobs/{uid} for the logs that are"
                    + " archived."),
    RANGE_NOT_SATISFIABLE(
            HttpStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
            "Range not satisfiable",
            "The header Range requests bytes after the end of the log.",
            "Request bytes before the length in the header Content-Range, or omit Range."),
    UNAUTHENTICATED(
            HttpStatus.UNAUTHORIZED,
            "Authentication required",
            "The request has no token, or the token is not valid: it has expired, was changed, is"
                + " for another audience, or comes from an issuer that the gateway does not trust.",
            "Send the header \"Authorization: Bearer TOKEN\" with a token from a trusted issuer, or"
                    + " with an API token from POST /api/v1/tokens."),
    ISSUER_UNAVAILABLE(
            HttpStatus.SERVICE_UNAVAILABLE,
            "Token issuer unavailable",
            "The token's issuer does not respond, so the gateway cannot verify the token.",
            "Send the request again in a few seconds."),
    TOO_MANY_REQUESTS(
            HttpStatus.TOO_MANY_REQUESTS,
            "Too many requests",
            "Each caller has a limit on requests per second and on open requests. The detail names"
                    + " the limit that was reached.",
            "Wait for the time in the header Retry-After. Close streams that you no longer read."),
    BUSY(
            HttpStatus.SERVICE_UNAVAILABLE,
            "Gateway busy",
            "Large documents in other requests, yours or other users', are using the gateway's"
                    + " processors.",
            "Send the request again in a few seconds."),
    BODY_TOO_LARGE(
            HttpStatus.CONTENT_TOO_LARGE,
            "Request body too large",
            "The gateway accepts bodies of up to 1 MiB, unless it is configured otherwise.",
            "Send less. Store data on the HPC's file system, not in a job."),
    BODY_TOO_SLOW(
            HttpStatus.REQUEST_TIMEOUT,
            "Request body too slow",
            "The body must not pause for more than 10 s, arrive more slowly than 1 kB/s, or take"
                    + " longer than 60 s, unless the gateway is configured otherwise.",
            "Send the request again with the whole body at once, over a faster network."),
    METHOD_NOT_ALLOWED(
            HttpStatus.METHOD_NOT_ALLOWED,
            "Method not allowed",
            "The address exists, but does not support this method. The header Allow lists the"
                    + " methods that it supports.",
            "See /swagger-ui.html for the methods of each address."),
    UNSUPPORTED_MEDIA_TYPE(
            HttpStatus.UNSUPPORTED_MEDIA_TYPE,
            "Unsupported media type",
            "Job specs are sent as application/json, pods as application/yaml.",
            "Set the header Content-Type to the type of the body."),
    NOT_ACCEPTABLE(
            HttpStatus.NOT_ACCEPTABLE,
            "Not acceptable",
            "The header Accept requests a media type that this address does not offer.",
            "Omit Accept, or request application/json."),
    REFUSED(
            HttpStatus.FORBIDDEN,
            "Request refused",
            "The server refuses this request, for example because it comes from an origin that is"
                    + " not allowed.",
            "Contact the gateway's operator."),
    INSUFFICIENT_ROLE(
            HttpStatus.FORBIDDEN,
            "Insufficient role",
            "Viewers can read, submitters can also submit and delete jobs, admins can also manage"
                    + " credentials. The detail names the role that is missing.",
            "Ask an admin of the workspace for the role."),
    INTERNAL_ERROR(
            HttpStatus.INTERNAL_SERVER_ERROR,
            "Internal error",
            "This is a bug in the gateway. Its log has the details under the ID in the detail.",
            "Report the problem with this ID."),
    /// After [#INTERNAL_ERROR], which is the type for this status.
    HISTORY_UNREADABLE(
            HttpStatus.INTERNAL_SERVER_ERROR,
            "Entry of the history not readable",
            "The history has an entry for this job, but it is damaged, or another version of the"
                    + " gateway wrote it. The list of past jobs omits a job that can't be read.",
            "Contact the gateway's operator. Admins can delete the entry of a job whose pod was"
                    + " removed.");

    private final HttpStatus status;
    private final String title;
    private final String explanation;
    private final String hint;

    ProblemType(HttpStatus status, String title, String explanation, String hint) {
        this.status = status;
        this.title = title;
        this.explanation = explanation;
        this.hint = hint;
    }

    String slug() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    HttpStatus status() {
        return status;
    }

    String title() {
        return title;
    }

    String explanation() {
        return explanation;
    }

    String hint() {
        return hint;
    }

    static Optional<ProblemType> ofSlug(String slug) {
        return Arrays.stream(values()).filter(type -> type.slug().equals(slug)).findFirst();
    }

    /// The type for a status that Spring chose.
    static ProblemType ofStatus(HttpStatusCode status) {
        return Arrays.stream(values())
                .filter(type -> type.status.equals(status) && type != INVALID_JOB)
                .findFirst()
                .orElse(status.is4xxClientError() ? MALFORMED_REQUEST : INTERNAL_ERROR);
    }

    ProblemDetail problem(String detail) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setType(URI.create("/problems/" + slug()));
        problem.setTitle(title);
        problem.setProperty("hint", hint);
        return problem;
    }
}
