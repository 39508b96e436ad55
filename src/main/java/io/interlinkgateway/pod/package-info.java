/// Pure functions that translate jobs to pods and back, the policy for manifests, and the names of all labels and
/// annotations. Start with [io.interlinkgateway.pod.PodTranslation].
@ApplicationModule(allowedDependencies = {"failure", "job", "node"})
@NullMarked
package io.interlinkgateway.pod;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
