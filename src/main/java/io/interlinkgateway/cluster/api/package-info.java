/// Calls the API server, with deadlines, and streams its answers.
@NullMarked
package io.interlinkgateway.cluster.api;

import org.jspecify.annotations.NullMarked;
