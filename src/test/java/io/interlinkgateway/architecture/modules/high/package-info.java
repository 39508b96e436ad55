@ApplicationModule(allowedDependencies = {"low"})
@NullMarked
package io.interlinkgateway.architecture.modules.high;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
