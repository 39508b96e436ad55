/// What jobs do: one, a page, the live pod, the changes as they happen.
/// [io.interlinkgateway.inspection.JobResponse] is how a job is answered everywhere. May use `job`,
/// `definition`, `event` and `caller`.
@NullMarked
package io.interlinkgateway.inspection;

import org.jspecify.annotations.NullMarked;
