package io.interlinkgateway.caller;

import io.interlinkgateway.job.Text;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerMapping;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/// One line of JSON for each change that is asked for, done or not, to the logger `audit`: who, how known, in
/// which workspace, what, and how it ended. Holds nothing of bodies, tokens and parameters, and no text of the
/// request that could break the line: JSON escapes it.
final class AuditLog extends OncePerRequestFilter {

    /// Where the authenticated caller is left for the line.
    static final String CALLER = AuditLog.class.getName() + ".caller";

    /// Where the workspace is left that is the caller's, whether the role is enough or not.
    static final String WORKSPACE = AuditLog.class.getName() + ".workspace";

    private static final Logger AUDIT = LoggerFactory.getLogger("audit");
    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

    private final JsonMapper json;

    AuditLog(JsonMapper json) {
        // Some viewers of logs take more characters than LF for the end of a line.
        this.json = json.rebuild().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return READING.contains(request.getMethod())
                || !request.getRequestURI().startsWith(request.getContextPath() + "/api/");
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
            AUDIT.info("{}", line(request, response, failed ? 500 : response.getStatus()));
        }
    }

    private String line(HttpServletRequest request, HttpServletResponse response, int status) {
        Map<String, Object> line = new LinkedHashMap<>();
        if (request.getAttribute(CALLER) instanceof Caller caller) {
            line.put("actor", caller.id());
            line.put("method", caller.method());
        } else {
            line.put("actor", "unknown");
        }
        put(line, "workspace", request.getAttribute(WORKSPACE));
        Object pattern = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
        line.put(
                "action",
                request.getMethod()
                        + " "
                        + (pattern == null ? Text.shown(request.getRequestURI()) : pattern));
        put(line, "object", object(request, response));
        line.put("outcome", status < 300 ? "DONE" : status < 500 ? "REFUSED" : "FAILED");
        line.put("status", status);
        return json.writeValueAsString(line);
    }

    /// What was named in the address, else what was made.
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
