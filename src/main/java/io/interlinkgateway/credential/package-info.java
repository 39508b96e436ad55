/// MLflow credentials: the port [io.interlinkgateway.credential.Credentials], its endpoints, and the live check with
/// the MLflow server ([io.interlinkgateway.credential.MlflowProbe]).
@ApplicationModule(allowedDependencies = {"failure", "job", "caller"})
@NullMarked
package io.interlinkgateway.credential;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
