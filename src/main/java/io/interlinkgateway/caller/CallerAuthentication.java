package io.interlinkgateway.caller;

import java.util.List;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

/// Spring Security's view of a caller. It holds no token, so that none can leak from it.
public final class CallerAuthentication extends AbstractAuthenticationToken {

    private final transient Caller caller;

    CallerAuthentication(Caller caller) {
        super(List.of());
        this.caller = caller;
        setAuthenticated(true);
    }

    /// @return who sends the request that this thread serves
    /// @throws IllegalStateException if nobody was authenticated, which the filter chain forbids
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
