/// Who is asking, and in which workspace. May use `job`.
@NullMarked
package io.interlinkgateway.caller;

import org.jspecify.annotations.NullMarked;
