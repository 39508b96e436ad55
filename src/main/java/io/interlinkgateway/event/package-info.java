/// Changes of jobs as they happen: the port [io.interlinkgateway.event.JobEvents], and
/// [io.interlinkgateway.event.JobFeed], with which both adapters deliver them.
@ApplicationModule(allowedDependencies = {"failure", "job"})
@NullMarked
package io.interlinkgateway.event;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
