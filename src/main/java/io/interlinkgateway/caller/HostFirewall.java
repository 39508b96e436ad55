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

/// Checks every header before the request is processed, and refuses requests with a host name that is not one of the
/// gateway's: in the header `Host`, which a web page can't choose, and in the headers that an ingress derives from
/// it, from which the gateway builds addresses. The management port accepts any name.
final class HostFirewall extends StrictHttpFirewall {

    /// A response to these methods would contain the request's headers, or open a tunnel.
    private static final Set<String> ANSWERED_BY_SERVERS = Set.of("TRACE", "CONNECT");

    private final Set<String> names;

    /// @param names the gateway's host names in lower case; empty for any
    HostFirewall(Set<String> names) {
        this.names = Set.copyOf(names);
        // Unknown methods are not refused here: the response to them lists the methods of the
        // endpoint.
        setUnsafeAllowAnyHttpMethod(true);
    }

    /// @throws UnsupportedMethodException if web servers usually handle the method themselves
    /// @throws RequestRejectedException if the firewall refuses the request, or a host name is not one of the
    ///     gateway's
    @Override
    public FirewalledRequest getFirewalledRequest(HttpServletRequest request) {
        if (ANSWERED_BY_SERVERS.contains(request.getMethod())) {
            throw new UnsupportedMethodException(request.getMethod());
        }
        if (!acceptsAnyName(request)
                && !(isOwn(request.getServerName()) && isOwn(named(request)))) {
            throw new RequestRejectedException("The gateway does not have this host name.");
        }
        FirewalledRequest checked = super.getFirewalledRequest(request);
        // Headers are checked when they are read, so they are read here, not in the middle of a
        // response.
        Collections.list(checked.getHeaderNames())
                .forEach(name -> Collections.list(checked.getHeaders(name)));
        return checked;
    }

    private boolean acceptsAnyName(HttpServletRequest request) {
        return names.isEmpty()
                || ManagementServer.handles(request)
                || ("GET".equals(request.getMethod())
                        && ManagementServer.PROBES.contains(request.getRequestURI()));
    }

    private boolean isOwn(@Nullable String name) {
        return name != null && names.contains(name.toLowerCase(Locale.ROOT));
    }

    /// Only HTTP/1.0 allows requests without the header.
    private static @Nullable String named(HttpServletRequest request) {
        String host = request.getHeader("Host");
        if (host == null) {
            return request.getServerName();
        }
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    }
}
