/// The parts of the OpenAPI description that are not in the controllers.
@ApplicationModule(allowedDependencies = {"failure", "job", "representation"})
@NullMarked
package io.interlinkgateway.documentation;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
