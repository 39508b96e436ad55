package io.interlinkgateway.caller;

import io.interlinkgateway.failure.Text;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerMapping;

/// Writes one line of JSON for each request that could change something, whatever its path and outcome, to the logger
/// `audit`: the caller, how the caller was authenticated, the workspace, the action and the outcome. It contains
/// nothing from bodies, tokens and parameters. Text from the request is escaped, so it can't break the line.
///
/// The path is not checked: an address has many spellings, which the parts of the gateway may interpret differently.
final class AuditLogFilter extends OncePerRequestFilter {

    /// The request attribute with the authenticated caller.
    static final String CALLER = AuditLogFilter.class.getName() + ".caller";

    /// The request attribute with the workspace, if it is one of the caller's, whether or not the role is sufficient.
    static final String WORKSPACE = AuditLogFilter.class.getName() + ".workspace";

    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

    /// The pattern that matches if no endpoint does. It is not informative.
    private static final String CATCH_ALL = "/**";

    private static final int MAX_METHOD_LENGTH = 20;

    private final AuditLog audit;

    AuditLogFilter(AuditLog audit) {
        this.audit = audit;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !isChange(request.getMethod());
    }

    private static boolean isChange(String method) {
        return !READING.contains(method);
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        boolean failed = true;
        try {
            chain.doFilter(request, response);
            failed = false;
        } finally {
            audit.write(line(request, response, failed ? 500 : response.getStatus()));
        }
    }

    /// Writes the line of a request that the server refused before the filters, if it could change something.
    ///
    /// @param method the request's method
    /// @param path the request's path as it was sent; empty if it could not be read
    /// @param status the status of the response
    void refused(String method, String path, int status) {
        if (isChange(method)) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("actor", "unknown");
            line.put("action", action(method, path));
            end(line, status);
            audit.write(line);
        }
    }

    private static Map<String, Object> line(
            HttpServletRequest request, HttpServletResponse response, int status) {
        Map<String, Object> line = new LinkedHashMap<>();
        if (request.getAttribute(CALLER) instanceof Caller caller) {
            line.put("actor", caller.id());
            line.put("method", caller.method());
            caller.apiToken().ifPresent(id -> line.put("token", id));
        } else {
            line.put("actor", "unknown");
        }
        put(line, "workspace", request.getAttribute(WORKSPACE));
        Object pattern = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
        line.put(
                "action",
                action(
                        request.getMethod(),
                        pattern == null || pattern.equals(CATCH_ALL)
                                ? request.getRequestURI()
                                : pattern.toString()));
        put(line, "object", object(request, response));
        end(line, status);
        return line;
    }

    private static String action(String method, String path) {
        return Text.shown(method, MAX_METHOD_LENGTH) + " " + Text.shown(path);
    }

    private static void end(Map<String, Object> line, int status) {
        line.put("outcome", status < 300 ? "DONE" : status < 500 ? "REFUSED" : "FAILED");
        line.put("status", status);
    }

    /// The name in the address, else the name of the created object.
    private static @Nullable Object object(
            HttpServletRequest request, HttpServletResponse response) {
        String made = response.getHeader(HttpHeaders.LOCATION);
        if (made != null) {
            return made;
        }
        return request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE)
                                instanceof Map<?, ?> variables
                        && !variables.isEmpty()
                ? variables.values().iterator().next()
                : null;
    }

    private static void put(Map<String, Object> line, String name, @Nullable Object value) {
        if (value != null) {
            line.put(name, Text.shown(value.toString()));
        }
    }
}
