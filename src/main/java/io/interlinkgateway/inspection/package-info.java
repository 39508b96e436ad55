/// Reading jobs: one job, a page of jobs, the live pod, and the stream of changes.
@ApplicationModule(
        allowedDependencies = {"failure", "job", "event", "caller", "representation", "web"})
@NullMarked
package io.interlinkgateway.inspection;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
