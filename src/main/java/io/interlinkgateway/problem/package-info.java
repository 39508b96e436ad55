/// From an exception to its RFC 9457 problem, and the problems' pages. May use `job`.
@NullMarked
package io.interlinkgateway.problem;

import org.jspecify.annotations.NullMarked;
