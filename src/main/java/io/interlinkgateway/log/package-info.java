/// Logs of jobs: the port [io.interlinkgateway.log.JobLogs] and its endpoint. May use `job` and `caller`.
@NullMarked
package io.interlinkgateway.log;

import org.jspecify.annotations.NullMarked;
