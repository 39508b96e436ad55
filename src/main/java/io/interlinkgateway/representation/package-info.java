/// The documents in and out: the typed spec as JSON ([io.interlinkgateway.representation.SubmitJobRequest]), the pod as YAML
/// ([io.interlinkgateway.representation.PodDocument]), and the job as it is answered ([io.interlinkgateway.representation.JobResponse]).
@ApplicationModule(allowedDependencies = {"failure", "job", "compute"})
@NullMarked
package io.interlinkgateway.representation;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
