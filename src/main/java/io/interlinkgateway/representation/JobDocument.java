package io.interlinkgateway.representation;

import java.nio.charset.Charset;
import java.util.Optional;
import org.springframework.http.MediaType;

/// The unparsed body of a request with a job.
public final class JobDocument {

    private final byte[] body;
    private final MediaType type;

    /// @param body the bytes, which must not be modified
    /// @param type the request's content type: JSON for a job spec, any other for a pod
    public JobDocument(byte[] body, MediaType type) {
        this.body = body;
        this.type = type;
    }

    byte[] body() {
        return body;
    }

    boolean isSpec() {
        return type.isCompatibleWith(MediaType.APPLICATION_JSON);
    }

    Optional<Charset> charset() {
        return Optional.ofNullable(type.getCharset());
    }
}
