/// Where long computations run, so that they hold up nobody else: [io.interlinkgateway.compute.ComputeThreads]. May
/// use `job`.
@NullMarked
package io.interlinkgateway.compute;

import org.jspecify.annotations.NullMarked;
