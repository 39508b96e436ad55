/// Changes of jobs as they happen: the port [io.interlinkgateway.event.JobEvents], its endpoints, and
/// [io.interlinkgateway.event.JobFeed], which both adapters hand them out by. May use `job`, `caller` and
/// `inspection`.
@NullMarked
package io.interlinkgateway.event;

import org.jspecify.annotations.NullMarked;
