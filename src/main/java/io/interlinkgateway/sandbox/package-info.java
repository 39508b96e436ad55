/// The embedded adapter: pods in memory, and a local node that runs them as processes. May use `pod` and the ports.
@NullMarked
package io.interlinkgateway.sandbox;

import org.jspecify.annotations.NullMarked;
