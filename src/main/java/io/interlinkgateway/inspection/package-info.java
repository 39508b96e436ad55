/// What jobs do: one, a page, the live pod. [io.interlinkgateway.inspection.JobResponse] is how a job is
/// answered everywhere. May use `job`, `definition` and `caller`.
@NullMarked
package io.interlinkgateway.inspection;

import org.jspecify.annotations.NullMarked;
