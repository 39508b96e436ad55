/// Calls the API server with deadlines, and reads its streamed responses.
@NullMarked
package io.interlinkgateway.cluster.api;

import org.jspecify.annotations.NullMarked;
