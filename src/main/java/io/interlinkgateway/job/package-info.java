/// The domain model of jobs, and the port [io.interlinkgateway.job.Jobs] to read and delete them. Depends only on the
/// JDK and JSpecify; every other package may use it.
@ApplicationModule(allowedDependencies = {"failure"})
@NullMarked
package io.interlinkgateway.job;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
