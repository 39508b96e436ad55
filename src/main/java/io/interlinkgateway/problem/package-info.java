/// From everything that can go wrong to a problem of RFC 9457, and the page that explains each type.
@ApplicationModule(allowedDependencies = {"failure", "compute", "web"})
@NullMarked
package io.interlinkgateway.problem;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
