/// Pure functions both ways between jobs and pods, policy, and every name of a label or annotation. Start with
/// [io.interlinkgateway.pod.PodTranslation].
@ApplicationModule(allowedDependencies = {"failure", "job", "node"})
@NullMarked
package io.interlinkgateway.pod;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
