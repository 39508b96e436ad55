@NullMarked
package io.interlinkgateway.credential;

import org.jspecify.annotations.NullMarked;
