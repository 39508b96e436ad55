package io.interlinkgateway.problem;

import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;

/// Every type of problem that the gateway answers with.
enum ProblemType {
    INVALID_JOB(
            HttpStatus.UNPROCESSABLE_CONTENT,
            "The document can't be accepted",
            "Something in the request breaks a rule. The member findings lists everything that is"
                    + " wrong, with its place, its rule and its hint.",
            "Correct what the findings name and send it again."),
    MALFORMED_REQUEST(
            HttpStatus.BAD_REQUEST,
            "The request can't be read",
            "The body is no JSON or YAML, is cut off, has a field that is not known or of another"
                    + " type, or a parameter has no meaning.",
            "Correct what the detail and the findings name."),
    NOT_FOUND(
            HttpStatus.NOT_FOUND,
            "There is no such thing",
            "Nothing of that name is in this workspace.",
            "Check the name and the parameter workspace; the lists show what there is."),
    NAME_TAKEN(
            HttpStatus.CONFLICT,
            "The name is taken",
            "Another job of this workspace has the name, and it was made from another definition.",
            "Choose another name, or replace the job with PUT /api/v1/jobs/{name}?replace=true."),
    STILL_TERMINATING(
            HttpStatus.CONFLICT,
            "The old job is still going away",
            "A job of that name was deleted, and its pod is not gone yet.",
            "Send the request again in a few seconds."),
    IDEMPOTENCY_KEY_REUSED(
            HttpStatus.UNPROCESSABLE_CONTENT,
            "The Idempotency-Key was used before",
            "The key has made a job from another definition.",
            "Use a new key for each new job; the same key only for repeats of the same request."),
    CURSOR_EXPIRED(
            HttpStatus.GONE,
            "The cursor can't be used",
            "A page's cursor holds for some minutes, and only as the gateway gave it.",
            "Begin again without a cursor."),
    CLUSTER_UNAVAILABLE(
            HttpStatus.SERVICE_UNAVAILABLE,
            "The cluster does not answer",
            "The Kubernetes API server gave no answer in time, or is overloaded.",
            "Send the request again in a few seconds; with an Idempotency-Key it can't make two"
                    + " jobs."),
    CLUSTER_REFUSED(
            HttpStatus.BAD_GATEWAY,
            "The cluster refused",
            "The Kubernetes API server answered, but did not do what the gateway asked; the detail"
                    + " has its own words.",
            "Ask whoever runs the gateway: it may lack a permission, or a quota is used up."),
    UNAUTHENTICATED(
            HttpStatus.UNAUTHORIZED,
            "The gateway does not know who asks",
            "The request has no token, or one that is not valid: expired, changed, for another"
                    + " audience, or of an issuer that the gateway does not trust.",
            "Send the header Authorization: Bearer with a token of a trusted issuer or an API"
                    + " token of POST /api/v1/tokens."),
    ISSUER_UNAVAILABLE(
            HttpStatus.SERVICE_UNAVAILABLE,
            "The token can't be checked now",
            "The token's issuer gives no answer, so the gateway can't tell whether it is good.",
            "Send the request again in a few seconds."),
    TOO_MANY_REQUESTS(
            HttpStatus.TOO_MANY_REQUESTS,
            "Too many requests",
            "Each caller may send so many requests a second and hold so many open; the detail says"
                    + " which limit is reached.",
            "Wait as long as the header Retry-After says; close streams that nobody reads."),
    BUSY(
            HttpStatus.SERVICE_UNAVAILABLE,
            "The gateway is busy",
            "Large documents of other requests, of yours or of others, keep the gateway's"
                    + " processors busy.",
            "Send the request again in a few seconds."),
    BODY_TOO_LARGE(
            HttpStatus.CONTENT_TOO_LARGE,
            "The body is too large",
            "The gateway takes bodies of up to 1 MiB, unless it is configured otherwise.",
            "Send less: data belongs on the HPC's storage, not in a job."),
    BODY_TOO_SLOW(
            HttpStatus.REQUEST_TIMEOUT,
            "The body arrives too slowly",
            "A body must not pause for 10 s, nor be slower than 1 kB a second, nor take longer than"
                    + " 60 s, unless the gateway is configured otherwise.",
            "Send the request again, the whole body at once, over a network that is faster."),
    METHOD_NOT_ALLOWED(
            HttpStatus.METHOD_NOT_ALLOWED,
            "The method is not allowed here",
            "The address exists, but not for this method; the header Allow names those that it"
                    + " has.",
            "See /swagger-ui.html for what each address can do."),
    UNSUPPORTED_MEDIA_TYPE(
            HttpStatus.UNSUPPORTED_MEDIA_TYPE,
            "The body's type is not known",
            "Job specs are application/json, pods are application/yaml.",
            "Say the type in the header Content-Type."),
    NOT_ACCEPTABLE(
            HttpStatus.NOT_ACCEPTABLE,
            "The answer can't be given in that type",
            "The header Accept asks for a type that this address does not have.",
            "Leave Accept out, or ask for application/json."),
    REFUSED(
            HttpStatus.FORBIDDEN,
            "The request is not allowed",
            "The server refuses it as it is, a cross-origin request from an unknown origin for"
                    + " instance.",
            "Ask whoever runs the gateway."),
    ROLE_LACKING(
            HttpStatus.FORBIDDEN,
            "The role does not allow it",
            "Viewers look, submitters also send and end jobs, admins also keep the credentials. The"
                    + " detail says which role is missing.",
            "Ask an admin of the workspace for the role."),
    INTERNAL_ERROR(
            HttpStatus.INTERNAL_SERVER_ERROR,
            "Something is wrong in the gateway",
            "This is a defect of the gateway. Its log has the details under the id in the detail.",
            "Report it with the id.");

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

    /// The type for a status that the framework chose.
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
