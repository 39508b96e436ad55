@ApplicationModule(allowedDependencies = {})
@NullMarked
package io.interlinkgateway.architecture.modules.low;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
