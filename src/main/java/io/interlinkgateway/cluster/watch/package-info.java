/// Caches the cluster's objects, which watches keep up to date.
@NullMarked
package io.interlinkgateway.cluster.watch;

import org.jspecify.annotations.NullMarked;
