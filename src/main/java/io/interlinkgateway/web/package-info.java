/// The server's plumbing: connections, limits of requests, negotiation, the management port.
@ApplicationModule(allowedDependencies = {"failure"})
@NullMarked
package io.interlinkgateway.web;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
