/// The virtual nodes that represent HPCs: the port [io.interlinkgateway.node.VirtualNodes] and its endpoints.
@ApplicationModule(allowedDependencies = {"failure", "job", "caller"})
@NullMarked
package io.interlinkgateway.node;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
