package io.interlinkgateway.definition;

import io.interlinkgateway.compute.ComputeThreads;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.Validator;
import java.nio.charset.Charset;
import java.util.Optional;
import java.util.Set;
import org.springframework.stereotype.Component;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;

/// Parses what callers send as a job.
@Component
public class JobDocuments {

    private final JsonMapper json;
    private final Validator validator;
    private final ComputeThreads compute;

    JobDocuments(JsonMapper json, Validator validator, ComputeThreads compute) {
        this.json = json;
        this.validator = validator;
        this.compute = compute;
    }

    /// @param document a job spec in JSON, or a pod in YAML
    /// @return what it asks for
    /// @throws io.interlinkgateway.job.GatewayException.Rejected if it can't be decoded or breaks a rule
    /// @throws tools.jackson.core.JacksonException if it is no JSON, or no job spec
    /// @throws ConstraintViolationException if fields of a job spec are out of their bounds
    public RequestedJob parse(JobDocument document) {
        return compute.run(() ->
                document.isSpec()
                        ? valid(spec(document)).toRequestedJob()
                        : PodDocument.parse(document.body(), document.charset()));
    }

    /// Jackson knows UTF-8, UTF-16 and UTF-32 by their first bytes.
    private SubmitJobRequest spec(JobDocument document) {
        Optional<Charset> other =
                document.charset().filter(charset -> !charset.name().startsWith("UTF-"));
        SubmitJobRequest request =
                other.isPresent()
                        ? json.readValue(
                                Encoding.decoded(document.body(), other), SubmitJobRequest.class)
                        : json.readValue(document.body(), SubmitJobRequest.class);
        if (request == null) {
            throw MismatchedInputException.from(
                    (JsonParser) null, SubmitJobRequest.class, "The document is null.");
        }
        return request;
    }

    /// @param request a job spec
    /// @return the same
    /// @throws ConstraintViolationException if fields are out of their bounds
    public SubmitJobRequest valid(SubmitJobRequest request) {
        Set<ConstraintViolation<SubmitJobRequest>> violations = validator.validate(request);
        if (!violations.isEmpty()) {
            throw new ConstraintViolationException(violations);
        }
        return request;
    }
}
