@NullMarked
package io.interlinkgateway.inspection;

import org.jspecify.annotations.NullMarked;
