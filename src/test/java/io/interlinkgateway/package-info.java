@NullMarked
package io.interlinkgateway;

import org.jspecify.annotations.NullMarked;
