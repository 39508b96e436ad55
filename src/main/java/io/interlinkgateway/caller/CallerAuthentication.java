package io.interlinkgateway.caller;

import java.util.List;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

/// The caller as Spring Security's Authentication. It does not contain the token, so that the token can't leak.
public final class CallerAuthentication extends AbstractAuthenticationToken {

    private final transient Caller caller;

    CallerAuthentication(Caller caller) {
        super(List.of());
        this.caller = caller;
        setAuthenticated(true);
    }

    /// @return the caller of the request that this thread serves
    /// @throws IllegalStateException if no caller was authenticated, which the filter chain prevents
    public static Caller current() {
        Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
        if (authentication instanceof CallerAuthentication known) {
            return known.caller;
        }
        throw new IllegalStateException("A request without a caller reached the API.");
    }

    /// @return whether this thread serves an authenticated request
    static boolean isKnown() {
        return SecurityContextHolder.getContext().getAuthentication()
                instanceof CallerAuthentication;
    }

    @Override
    public Caller getPrincipal() {
        return caller;
    }

    @Override
    public String getCredentials() {
        return "";
    }

    @Override
    public String getName() {
        return caller.id();
    }
}
