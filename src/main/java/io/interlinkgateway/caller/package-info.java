/// Who is asking, in which workspace, and what they may do there: tokens of trusted issuers, rules from claims to
/// workspaces, roles, rates, the audit log.
@ApplicationModule(allowedDependencies = {"failure", "job", "web"})
@NullMarked
package io.interlinkgateway.caller;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
