package io.interlinkgateway.representation;

import io.interlinkgateway.compute.ComputeThreads;
import io.interlinkgateway.failure.Checked;
import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.failure.GatewayException;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validator;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;

/// Parses the jobs that callers send.
@Component
public class JobDocuments {

    /// Bean Validation's notation for elements of lists and maps.
    private static final Pattern ELEMENT = Pattern.compile("\\.?<[^<>]*>");

    private final JsonMapper json;
    private final Validator validator;
    private final ComputeThreads compute;

    JobDocuments(JsonMapper json, Validator validator, ComputeThreads compute) {
        this.json = json;
        this.validator = validator;
        this.compute = compute;
    }

    /// @param document a job spec in JSON, or a pod in YAML
    /// @return the requested job, or the findings if it can't be decoded or breaks a rule
    /// @throws tools.jackson.core.JacksonException if it is not valid JSON, or not a job spec
    public Checked<RequestedJob> parse(JobDocument document) {
        return compute.run(() -> {
            try {
                return Checked.of(
                        document.isSpec()
                                ? requested(spec(document))
                                : PodDocument.parse(document.body(), document.charset()),
                        List.of());
            } catch (GatewayException.Rejected refused) {
                // The parsers stop at the first error, because the rest can't be interpreted.
                return Checked.refused(refused.findings());
            }
        });
    }

    /// Jackson detects UTF-8, UTF-16 and UTF-32 by the first bytes.
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

    /// Converts a job spec. Errors in its shape and in its values are reported together.
    ///
    /// @param request a job spec
    /// @return the requested job
    /// @throws io.interlinkgateway.failure.GatewayException.Rejected with all findings
    public RequestedJob requested(SubmitJobRequest request) {
        return request.toRequestedJob(
                validator.validate(request).stream().map(JobDocuments::finding).toList());
    }

    private static Finding finding(ConstraintViolation<SubmitJobRequest> violation) {
        String field = ELEMENT.matcher(violation.getPropertyPath().toString()).replaceAll("");
        return Finding.error(
                "shape",
                field,
                field + " " + violation.getMessage() + ".",
                "See /swagger-ui.html for the field's valid values.");
    }
}
