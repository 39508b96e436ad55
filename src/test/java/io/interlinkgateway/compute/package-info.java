@NullMarked
package io.interlinkgateway.compute;

import org.jspecify.annotations.NullMarked;
