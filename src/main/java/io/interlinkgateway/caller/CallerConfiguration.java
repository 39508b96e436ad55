package io.interlinkgateway.caller;

import io.interlinkgateway.job.Workspace;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.security.OAuthFlow;
import io.swagger.v3.oas.models.security.OAuthFlows;
import io.swagger.v3.oas.models.security.Scopes;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.util.Arrays;
import java.util.List;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.customizers.OperationCustomizer;
import org.springdoc.core.properties.SwaggerUiOAuthProperties;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/// Registers [WorkspaceAccess] for every endpoint, and describes workspaces and logins in the OpenAPI document.
@Configuration(proxyBeanMethods = false)
class CallerConfiguration implements WebMvcConfigurer {

    static {
        SpringDocUtils.getConfig().addRequestWrapperToIgnore(Workspace.class, Role.class);
    }

    private final WorkspaceAccess access;

    CallerConfiguration(Workspaces workspaces) {
        this.access = new WorkspaceAccess(workspaces);
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(access).addPathPatterns("/api/**");
    }

    @Override
    public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(access);
    }

    /// Describes the parameter of each operation that takes a workspace.
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
                                        "The Kubernetes namespace, as with kubectl -n. By default"
                                                + " the first of the caller's workspaces.")
                                .schema(new StringSchema()));
            }
            return operation;
        };
    }

    /// Describes how to log in: with an authorization code at an issuer, or with any bearer token. The issuers'
    /// addresses are given explicitly, because from a discovery document Swagger UI would offer every grant and
    /// scope, most of which a person can't use. For an issuer that is down when the description is first requested,
    /// only the discovery document is given, until a restart.
    @Bean
    OpenApiCustomizer logins(BearerTokenAuthentication tokens, SwaggerUiOAuthProperties swaggerUi) {
        return api -> {
            for (TrustedIssuer issuer : tokens.issuers()) {
                String name =
                        issuer.uri()
                                .replaceFirst("^https?://", "")
                                .replaceAll("[^A-Za-z0-9._-]+", "-");
                SecurityScheme login =
                        issuer.loginPages()
                                .map(pages -> byCode(pages, scopes(swaggerUi)))
                                .orElseGet(() ->
                                        new SecurityScheme()
                                                .type(SecurityScheme.Type.OPENIDCONNECT)
                                                .openIdConnectUrl(issuer.discovery()));
                api.getComponents()
                        .addSecuritySchemes(
                                name, login.description("Log in at " + issuer.uri() + "."));
                api.addSecurityItem(new SecurityRequirement().addList(name));
            }
            api.getComponents()
                    .addSecuritySchemes(
                            "bearer",
                            new SecurityScheme()
                                    .type(SecurityScheme.Type.HTTP)
                                    .scheme("bearer")
                                    .description(
                                            "A token of an issuer that the gateway trusts, or an"
                                                    + " API token. The sandbox requires none."));
            api.addSecurityItem(new SecurityRequirement().addList("bearer"));
        };
    }

    private static List<String> scopes(SwaggerUiOAuthProperties swaggerUi) {
        List<String> scopes = swaggerUi.getScopes();
        return scopes == null || scopes.isEmpty() ? List.of("openid") : scopes;
    }

    private static SecurityScheme byCode(TrustedIssuer.LoginPages pages, List<String> names) {
        Scopes scopes = new Scopes();
        names.forEach(name -> scopes.addString(name, ""));
        return new SecurityScheme()
                .type(SecurityScheme.Type.OAUTH2)
                .flows(
                        new OAuthFlows()
                                .authorizationCode(
                                        new OAuthFlow()
                                                .authorizationUrl(pages.authorization())
                                                .tokenUrl(pages.token())
                                                .scopes(scopes)));
    }
}
