package io.interlinkgateway.caller;

import io.interlinkgateway.web.ManagementServer;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.web.firewall.FirewalledRequest;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.security.web.firewall.StrictHttpFirewall;

/// A firewall that checks every header before the request goes on, and refuses requests that call the gateway by a
/// name that is not its own: in the header `Host`, which a web page can't choose, and in what an ingress says of it,
/// which the gateway builds addresses from. On the management port each name is taken.
final class HostFirewall extends StrictHttpFirewall {

    /// The answer to these would show the request's headers, or be a tunnel.
    private static final Set<String> ANSWERED_BY_SERVERS = Set.of("TRACE", "CONNECT");

    private final Set<String> names;

    /// @param names the gateway's own, in lower case; empty for all
    HostFirewall(Set<String> names) {
        this.names = Set.copyOf(names);
        // Methods that no endpoint has are answered with those that it has.
        setUnsafeAllowAnyHttpMethod(true);
    }

    /// @throws UnsupportedMethodException if the method is one that web servers answer themselves
    /// @throws RequestRejectedException if the firewall refuses the request, or one of its names is another's
    @Override
    public FirewalledRequest getFirewalledRequest(HttpServletRequest request) {
        if (ANSWERED_BY_SERVERS.contains(request.getMethod())) {
            throw new UnsupportedMethodException(request.getMethod());
        }
        if (!takesAnyName(request) && !(isOwn(request.getServerName()) && isOwn(named(request)))) {
            throw new RequestRejectedException("The gateway has another name.");
        }
        FirewalledRequest checked = super.getFirewalledRequest(request);
        // Each is checked when it is read, which may otherwise be in the middle of an answer.
        Collections.list(checked.getHeaderNames())
                .forEach(name -> Collections.list(checked.getHeaders(name)));
        return checked;
    }

    private boolean takesAnyName(HttpServletRequest request) {
        return names.isEmpty()
                || ManagementServer.handles(request)
                || ("GET".equals(request.getMethod())
                        && ManagementServer.PROBES.contains(request.getRequestURI()));
    }

    private boolean isOwn(@Nullable String name) {
        return name != null && names.contains(name.toLowerCase(Locale.ROOT));
    }

    /// Only HTTP/1.0 may leave the header out.
    private static @Nullable String named(HttpServletRequest request) {
        String host = request.getHeader("Host");
        if (host == null) {
            return request.getServerName();
        }
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    }
}
