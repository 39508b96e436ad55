package io.interlinkgateway.caller;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.web.firewall.FirewalledRequest;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.security.web.firewall.StrictHttpFirewall;

/// A firewall that also refuses requests that call the gateway by a name that is not its own: in the header `Host`,
/// which a web page can't choose, and in what an ingress says of it, which the gateway builds addresses from.
final class HostFirewall extends StrictHttpFirewall {

    /// What a kubelet asks by the pod's address.
    private static final Set<String> PROBES =
            Set.of("/actuator/health/liveness", "/actuator/health/readiness");

    private final Set<String> names;

    /// @param names the gateway's own, in lower case
    HostFirewall(Set<String> names) {
        this.names = Set.copyOf(names);
    }

    /// @throws RequestRejectedException if the firewall refuses the request, or one of its names is another's
    @Override
    public FirewalledRequest getFirewalledRequest(HttpServletRequest request) {
        boolean probe =
                "GET".equals(request.getMethod()) && PROBES.contains(request.getRequestURI());
        if (!probe && !(isOwn(request.getServerName()) && isOwn(named(request)))) {
            throw new RequestRejectedException("The gateway is called by a name that it has not.");
        }
        return super.getFirewalledRequest(request);
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
