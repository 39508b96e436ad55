/// Converts failures to problems (RFC 9457), and serves a page that explains each type.
@ApplicationModule(allowedDependencies = {"failure", "compute", "web"})
@NullMarked
package io.interlinkgateway.problem;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
