/// Determines a job's state and its evidence from the pod's status and the job's own record. Start with
/// [io.interlinkgateway.status.PodReading].
@ApplicationModule(allowedDependencies = {"failure", "job", "node", "record", "pod"})
@NullMarked
package io.interlinkgateway.status;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
