/// The vocabulary: what a job is, and the port [io.interlinkgateway.job.Jobs] through which jobs are kept. Depends on the JDK and
/// JSpecify alone; every other package may use it.
@ApplicationModule(allowedDependencies = {"failure"})
@NullMarked
package io.interlinkgateway.job;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
