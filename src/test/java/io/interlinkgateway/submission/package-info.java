@NullMarked
package io.interlinkgateway.submission;

import org.jspecify.annotations.NullMarked;
