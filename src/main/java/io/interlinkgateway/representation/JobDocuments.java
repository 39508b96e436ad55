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

/// Parses what callers send as a job.
@Component
public class JobDocuments {

    /// How Bean Validation marks the elements of lists and maps.
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
    /// @return what it asks for, unless it can't be decoded or breaks a rule
    /// @throws tools.jackson.core.JacksonException if it is no JSON, or no job spec
    public Checked<RequestedJob> parse(JobDocument document) {
        return compute.run(() -> {
            try {
                return Checked.of(
                        document.isSpec()
                                ? requested(spec(document))
                                : PodDocument.parse(document.body(), document.charset()),
                        List.of());
            } catch (GatewayException.Rejected refused) {
                // The parsers stop where they are: what follows an error has no meaning.
                return Checked.refused(refused.findings());
            }
        });
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

    /// What a job spec asks for. What is wrong with its shape and with what it says is refused together.
    ///
    /// @param request a job spec
    /// @return what it asks for
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
                "See /swagger-ui.html for what the field takes.");
    }
}
