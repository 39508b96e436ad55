/// Who is asking, and in which workspace: controllers that take a [io.interlinkgateway.job.Workspace] get the
/// one of the query parameter `workspace`, or the caller's own. May use `job`.
@NullMarked
package io.interlinkgateway.caller;

import org.jspecify.annotations.NullMarked;
