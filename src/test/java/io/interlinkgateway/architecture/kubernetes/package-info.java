@NullMarked
package io.interlinkgateway.architecture.kubernetes;

import org.jspecify.annotations.NullMarked;
