/// The web console's files and settings, at `/console/`, and the start page, which redirects browsers there. The pages
/// are in the folder `console` of the project.
@ApplicationModule(allowedDependencies = {"caller"})
@NullMarked
package io.interlinkgateway.console;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
