/// Changes of jobs as they happen: the port [io.interlinkgateway.event.JobEvents], and [io.interlinkgateway.event.JobFeed], by which both adapters
/// hand them out.
@ApplicationModule(allowedDependencies = {"failure", "job"})
@NullMarked
package io.interlinkgateway.event;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
