package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.job.Finding;
import io.interlinkgateway.job.GatewayException;
import java.util.List;

/// A pod, and what there is to know about how it was made.
///
/// @param pod the pod
/// @param findings what the caller should know; errors if the pod may not be created
record Translated(Pod pod, List<Finding> findings) {

    Translated {
        findings = List.copyOf(findings);
    }

    /// @return this, if it has no errors
    /// @throws GatewayException.Rejected with all findings otherwise
    Translated requireAllowed() {
        if (findings.stream().anyMatch(finding -> finding.severity() == Finding.Severity.ERROR)) {
            throw new GatewayException.Rejected(findings);
        }
        return this;
    }
}
