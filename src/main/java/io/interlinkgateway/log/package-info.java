/// Logs of jobs: the port [io.interlinkgateway.log.JobLogs], which reads a container's log from its node, the
/// endpoint for logs, and in `log.feed` the reading of a log that its clients share.
@ApplicationModule(
        allowedDependencies = {"failure", "job", "record", "caller", "representation", "web"})
@NullMarked
package io.interlinkgateway.log;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
