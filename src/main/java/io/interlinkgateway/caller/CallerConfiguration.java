package io.interlinkgateway.caller;

import io.interlinkgateway.job.Workspace;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.util.Arrays;
import java.util.List;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.customizers.OperationCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/// Puts [WorkspaceAccess] before every endpoint.
@Configuration(proxyBeanMethods = false)
class CallerConfiguration implements WebMvcConfigurer {

    static {
        SpringDocUtils.getConfig().addRequestWrapperToIgnore(Workspace.class);
    }

    private final WorkspaceAccess access;

    private final SecurityProperties security;

    CallerConfiguration(Workspaces workspaces, SecurityProperties security) {
        this.access = new WorkspaceAccess(workspaces);
        this.security = security;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(access).addPathPatterns("/api/**");
    }

    @Override
    public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(access);
    }

    /// Describes the parameter wherever a controller takes a workspace.
    @Bean
    OperationCustomizer workspaceParameter() {
        return (operation, handler) -> {
            boolean taken =
                    Arrays.stream(handler.getMethodParameters())
                            .anyMatch(parameter -> parameter.getParameterType() == Workspace.class);
            boolean described =
                    operation.getParameters() != null
                            && operation.getParameters().stream()
                                    .anyMatch(parameter ->
                                            WorkspaceAccess.PARAMETER.equals(parameter.getName()));
            if (taken && !described) {
                operation.addParametersItem(
                        new Parameter()
                                .in("query")
                                .name(WorkspaceAccess.PARAMETER)
                                .description(
                                        "The Kubernetes namespace, as kubectl's -n; left out, the"
                                                + " caller's own.")
                                .schema(new StringSchema()));
            }
            return operation;
        };
    }

    /// How to log in: with any bearer token, and where issuers are configured by their own pages, which Swagger
    /// UI finds by their discovery documents.
    @Bean
    OpenApiCustomizer logins() {
        return api -> {
            api.getComponents()
                    .addSecuritySchemes(
                            "bearer",
                            new SecurityScheme()
                                    .type(SecurityScheme.Type.HTTP)
                                    .scheme("bearer")
                                    .description(
                                            "A token of an issuer that the gateway trusts, or an"
                                                    + " API token. The sandbox asks for none."));
            api.addSecurityItem(new SecurityRequirement().addList("bearer"));
            for (SecurityProperties.Issuer issuer : security.issuers()) {
                String name = String.valueOf(issuer.uri().getHost());
                api.getComponents()
                        .addSecuritySchemes(
                                name,
                                new SecurityScheme()
                                        .type(SecurityScheme.Type.OPENIDCONNECT)
                                        .openIdConnectUrl(TrustedIssuer.discovery(issuer.uri())));
                api.addSecurityItem(new SecurityRequirement().addList(name));
            }
        };
    }
}
