/// Jobs come and go: submit, replace, delete, resubmit, preflight. Start with
/// [io.interlinkgateway.submission.Submissions]: a request is parsed, translated once and checked against live data
/// ([io.interlinkgateway.submission.Placement]), created, and answered. May use `job`, `node`, `credential`,
/// `caller`, `definition`, `pod` (the translation, and the port that creates jobs) and `inspection` (how a job is
/// answered).
@NullMarked
package io.interlinkgateway.submission;

import org.jspecify.annotations.NullMarked;
