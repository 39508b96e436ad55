package io.interlinkgateway.caller;

import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.failure.Findings;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.Workspace;
import io.micrometer.common.KeyValue;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpMethod;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.filter.ServerHttpObservationFilter;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;

/// Decides whether a caller may use an endpoint, before the endpoint reads anything from the request, and passes the
/// workspace and the caller's role to the controller. It is the only place for this. The response for a workspace
/// that is not one of the caller's is the same as for one that does not exist.
final class WorkspaceAccess implements HandlerInterceptor, HandlerMethodArgumentResolver {

    static final String PARAMETER = "workspace";
    static final String ATTRIBUTE = WorkspaceAccess.class.getName() + ".workspace";
    private static final String ROLE = WorkspaceAccess.class.getName() + ".role";

    private final Workspaces workspaces;

    WorkspaceAccess(Workspaces workspaces) {
        this.workspaces = workspaces;
    }

    @Override
    public boolean preHandle(
            HttpServletRequest request, HttpServletResponse response, Object handler) {
        // OPTIONS is handled by the framework, which lists an endpoint's methods. The end of a
        // stream is dispatched through here a second time, after the request was authorized.
        if (!(handler instanceof HandlerMethod endpoint)
                || HttpMethod.OPTIONS.matches(request.getMethod())
                || request.getDispatcherType() == DispatcherType.ASYNC) {
            return true;
        }
        RequiredRole required = endpoint.getMethodAnnotation(RequiredRole.class);
        if (required == null) {
            throw new IllegalStateException("No role is declared for " + endpoint);
        }
        Caller caller = CallerAuthentication.current();
        Role role;
        if (takesWorkspace(endpoint)) {
            Workspace workspace = workspaceOf(request, caller);
            role =
                    caller.roleIn(workspace)
                            .orElseThrow(() ->
                                    new GatewayException.NotFound("workspace", workspace.value()));
            request.setAttribute(AuditLogFilter.WORKSPACE, workspace);
            addToTrace(request, workspace);
            require(required.value(), role, "the workspace \"" + workspace + "\"");
            request.setAttribute(ATTRIBUTE, workspace);
            request.setAttribute(ROLE, role);
            workspaces.open(workspace, caller.reach() instanceof Caller.Reach.Within);
        } else {
            role = caller.highestRole().orElseThrow(() -> inNoWorkspace(caller));
            require(required.value(), role, "any workspace");
        }
        return true;
    }

    private static void addToTrace(HttpServletRequest request, Workspace workspace) {
        ServerHttpObservationFilter.findObservationContext(request)
                .ifPresent(context -> {
                    context.addHighCardinalityKeyValue(
                            KeyValue.of("gateway.workspace", workspace.value()));
                    if (request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE)
                                    instanceof String pattern
                            && pattern.startsWith("/api/v1/jobs/{name}")
                            && request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE)
                                    instanceof Map<?, ?> variables) {
                        context.addHighCardinalityKeyValue(
                                KeyValue.of("gateway.job", String.valueOf(variables.get("name"))));
                    }
                });
    }

    private static boolean takesWorkspace(HandlerMethod endpoint) {
        return Arrays.stream(endpoint.getMethodParameters())
                .anyMatch(parameter -> parameter.getParameterType() == Workspace.class);
    }

    private static void require(Role required, Role role, String where) {
        if (!role.includes(required)) {
            throw new GatewayException.NotAllowed(
                    "This needs the role "
                            + required
                            + " in "
                            + where
                            + "; yours is "
                            + role
                            + ".");
        }
    }

    private static Workspace workspaceOf(HttpServletRequest request, Caller caller) {
        String[] values = request.getParameterValues(PARAMETER);
        if (values == null) {
            return caller.ownWorkspace().orElseThrow(() -> inNoWorkspace(caller));
        }
        Findings findings = new Findings();
        if (values.length > 1) {
            findings.add(
                    Finding.error(
                            "workspace",
                            PARAMETER,
                            "The request names several workspaces.",
                            "Give the parameter workspace once."));
        }
        return findings.check("workspace", PARAMETER, () -> new Workspace(values[0]))
                .filter(_ -> !findings.hasErrors())
                .orElseThrow(() -> new GatewayException.Rejected(findings.all()));
    }

    private static GatewayException.NotAllowed inNoWorkspace(Caller caller) {
        return new GatewayException.NotAllowed(
                "No rule gives a workspace to " + caller.id() + " with the token's claims.");
    }

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.getParameterType() == Workspace.class
                || parameter.getParameterType() == Role.class;
    }

    @Override
    public Object resolveArgument(
            MethodParameter parameter,
            @Nullable ModelAndViewContainer container,
            NativeWebRequest request,
            @Nullable WebDataBinderFactory binders) {
        String attribute = parameter.getParameterType() == Role.class ? ROLE : ATTRIBUTE;
        Object decided = request.getAttribute(attribute, RequestAttributes.SCOPE_REQUEST);
        if (decided == null) {
            throw new IllegalStateException(
                    "Access to the workspace was not checked for " + parameter.getExecutable());
        }
        return decided;
    }
}
