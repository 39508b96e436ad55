/// What the gateway costs next to the bare Kubernetes client; `bench/load/run.sh` runs it.
@NullMarked
package io.interlinkgateway.load;

import org.jspecify.annotations.NullMarked;
