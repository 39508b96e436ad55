/// API tokens: the port [io.interlinkgateway.token.ApiTokens], the endpoints, and the authentication.
@ApplicationModule(allowedDependencies = {"failure", "job", "caller", "web"})
@NullMarked
package io.interlinkgateway.token;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
