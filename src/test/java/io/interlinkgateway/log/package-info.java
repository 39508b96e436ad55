@NullMarked
package io.interlinkgateway.log;

import org.jspecify.annotations.NullMarked;
