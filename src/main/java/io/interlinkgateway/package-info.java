/// interLink Gateway: jobs over HTTP onto an HPC, by way of Kubernetes and interLink.
///
/// Start reading in [io.interlinkgateway.job], the vocabulary, then follow a job through
/// `submission` → `pod` → `cluster` or `sandbox` → `pod` → `inspection`.
@NullMarked
package io.interlinkgateway;

import org.jspecify.annotations.NullMarked;
