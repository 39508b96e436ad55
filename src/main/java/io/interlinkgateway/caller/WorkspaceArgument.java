package io.interlinkgateway.caller;

import io.interlinkgateway.job.Finding;
import io.interlinkgateway.job.Findings;
import io.interlinkgateway.job.GatewayException;
import io.interlinkgateway.job.Workspace;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/// Gives controllers the workspace of a request.
final class WorkspaceArgument implements HandlerMethodArgumentResolver {

    static final String PARAMETER = "workspace";

    private final Workspace own;

    WorkspaceArgument(Workspace own) {
        this.own = own;
    }

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.getParameterType() == Workspace.class;
    }

    @Override
    public Workspace resolveArgument(
            MethodParameter parameter,
            @Nullable ModelAndViewContainer container,
            NativeWebRequest request,
            @Nullable WebDataBinderFactory binders) {
        String[] values = request.getParameterValues(PARAMETER);
        if (values == null) {
            return own;
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
}
