/// The virtual nodes behind which the HPCs are: the port [io.interlinkgateway.node.VirtualNodes] and its
/// endpoints. May use `job` and `caller`.
@NullMarked
package io.interlinkgateway.node;

import org.jspecify.annotations.NullMarked;
