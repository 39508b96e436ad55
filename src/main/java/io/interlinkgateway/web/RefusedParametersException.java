package io.interlinkgateway.web;

import io.interlinkgateway.failure.Finding;
import java.util.List;

/// A request has query parameters that the endpoint does not accept.
public final class RefusedParametersException extends RuntimeException {

    private final transient List<Finding> findings;

    /// @param findings at least one
    RefusedParametersException(List<Finding> findings) {
        super(findings.getFirst().message());
        this.findings = List.copyOf(findings);
    }

    /// @return one for each parameter, at least one
    public List<Finding> findings() {
        return findings;
    }
}
