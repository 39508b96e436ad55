/// Jobs come and go: submit, replace, delete, resubmit, preflight. Start with
/// [io.interlinkgateway.submission.Placement], which holds every check against live data. May use `job`,
/// `node`, `credential`, `caller`, `definition`, `pod` (what a pod needs) and `inspection` (how a job is
/// answered).
@NullMarked
package io.interlinkgateway.submission;

import org.jspecify.annotations.NullMarked;
