/// Authentication and authorization of callers: tokens of trusted issuers, rules from claims to workspaces, roles,
/// rate limits and the audit log.
@ApplicationModule(allowedDependencies = {"failure", "job", "web"})
@NullMarked
package io.interlinkgateway.caller;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
