/// The vocabulary: what a job is, and the port [io.interlinkgateway.job.Jobs] through which jobs are
/// kept. Depends on the JDK and JSpecify alone; every other package may use it.
@NullMarked
package io.interlinkgateway.job;

import org.jspecify.annotations.NullMarked;
