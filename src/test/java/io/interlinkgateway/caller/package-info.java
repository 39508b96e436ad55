@NullMarked
package io.interlinkgateway.caller;

import org.jspecify.annotations.NullMarked;
