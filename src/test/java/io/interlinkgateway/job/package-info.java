@NullMarked
package io.interlinkgateway.job;

import org.jspecify.annotations.NullMarked;
