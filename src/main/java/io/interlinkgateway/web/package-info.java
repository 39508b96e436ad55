/// The configuration of the web server: connections, limits of requests, content negotiation, streamed responses, the
/// management port.
@ApplicationModule(allowedDependencies = {"failure"})
@NullMarked
package io.interlinkgateway.web;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
