/// What the OpenAPI description says beyond the controllers.
@ApplicationModule(allowedDependencies = {"failure", "job", "representation"})
@NullMarked
package io.interlinkgateway.documentation;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
