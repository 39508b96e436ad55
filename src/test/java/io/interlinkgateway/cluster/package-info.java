@NullMarked
package io.interlinkgateway.cluster;

import org.jspecify.annotations.NullMarked;
