@NullMarked
package io.interlinkgateway.pod;

import org.jspecify.annotations.NullMarked;
