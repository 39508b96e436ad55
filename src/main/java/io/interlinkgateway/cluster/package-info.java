/// The adapter to a real cluster and the only user of the Kubernetes client. May use `pod` and the ports.
@NullMarked
package io.interlinkgateway.cluster;

import org.jspecify.annotations.NullMarked;
