/// interLink Gateway: runs jobs on an HPC through an HTTP API, Kubernetes and interLink.
///
/// To read the code, start with the domain model in [io.interlinkgateway.job], then follow a job through `submission`
/// → `pod` → `cluster` or `sandbox` → `status` → `inspection`.
@NullMarked
package io.interlinkgateway;

import org.jspecify.annotations.NullMarked;
