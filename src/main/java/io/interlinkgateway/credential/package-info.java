/// MLflow credentials: the port [io.interlinkgateway.credential.Credentials], its endpoints, and the live check
/// against the MLflow server ([io.interlinkgateway.credential.MlflowProbe]). May use `job` and `caller`.
@NullMarked
package io.interlinkgateway.credential;

import org.jspecify.annotations.NullMarked;
