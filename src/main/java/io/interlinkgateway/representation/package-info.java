/// The documents of requests and responses: the job spec as JSON
/// ([io.interlinkgateway.representation.SubmitJobRequest]), the pod as YAML
/// ([io.interlinkgateway.representation.PodDocument]), and the job in responses
/// ([io.interlinkgateway.representation.JobResponse]).
@ApplicationModule(allowedDependencies = {"failure", "job", "compute"})
@NullMarked
package io.interlinkgateway.representation;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
