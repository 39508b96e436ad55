@NullMarked
package io.interlinkgateway.problem;

import org.jspecify.annotations.NullMarked;
