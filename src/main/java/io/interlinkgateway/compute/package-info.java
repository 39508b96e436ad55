/// Where long computations run, so that they delay no other request: [io.interlinkgateway.compute.ComputeThreads]. May
/// use `job`.
@NullMarked
package io.interlinkgateway.compute;

import org.jspecify.annotations.NullMarked;
