/// What jobs do: one, a page, the live pod, the changes as they happen.
@ApplicationModule(
        allowedDependencies = {"failure", "job", "event", "caller", "representation", "web"})
@NullMarked
package io.interlinkgateway.inspection;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
