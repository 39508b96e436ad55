/// One reading of a container's log that many clients share.
@NamedInterface("feed")
@NullMarked
package io.interlinkgateway.log.feed;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
