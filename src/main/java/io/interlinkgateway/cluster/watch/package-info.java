/// What the cluster has, kept up to date by watches.
@NullMarked
package io.interlinkgateway.cluster.watch;

import org.jspecify.annotations.NullMarked;
