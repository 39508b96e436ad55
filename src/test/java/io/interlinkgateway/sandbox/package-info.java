@NullMarked
package io.interlinkgateway.sandbox;

import org.jspecify.annotations.NullMarked;
