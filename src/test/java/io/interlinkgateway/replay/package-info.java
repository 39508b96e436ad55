/// The stand-in for interLink, compared with what interLink was recorded to do.
@NullMarked
package io.interlinkgateway.replay;

import org.jspecify.annotations.NullMarked;
