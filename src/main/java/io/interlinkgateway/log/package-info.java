/// Logs of jobs: the port [io.interlinkgateway.log.JobLogs], which gives a container's log as its node does,
/// and what makes one stream out of it that is whole, in order, and the job's own. May use `job`, `caller`,
/// `inspection` and, to tell the plugin's lines, `pod`.
@NullMarked
package io.interlinkgateway.log;

import org.jspecify.annotations.NullMarked;
