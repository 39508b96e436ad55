/// One reading of a container's log that many clients share.
@NullMarked
package io.interlinkgateway.log.feed;

import org.jspecify.annotations.NullMarked;
