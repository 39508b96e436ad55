/// Logs of jobs: the port [io.interlinkgateway.log.JobLogs], which gives a container's log as its node does, its endpoint, and in
/// `log.feed` the one reading of it that many clients share.
@ApplicationModule(
        allowedDependencies = {"failure", "job", "record", "caller", "representation", "web"})
@NullMarked
package io.interlinkgateway.log;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
