/// The real servers that integration tests run against.
@NullMarked
package io.interlinkgateway.bench;

import org.jspecify.annotations.NullMarked;
