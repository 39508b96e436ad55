/// Who is asking, in which workspace, and what they may do there: tokens of trusted issuers and API tokens, rules
/// from claims to workspaces, roles, rates, the audit log. May use `job` and `problem`.
@NullMarked
package io.interlinkgateway.caller;

import org.jspecify.annotations.NullMarked;
