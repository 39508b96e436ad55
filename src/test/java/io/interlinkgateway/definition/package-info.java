@NullMarked
package io.interlinkgateway.definition;

import org.jspecify.annotations.NullMarked;
