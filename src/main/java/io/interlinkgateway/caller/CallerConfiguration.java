package io.interlinkgateway.caller;

import io.interlinkgateway.job.Workspace;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.Parameter;
import java.util.Arrays;
import java.util.List;
import org.springdoc.core.customizers.OperationCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.CorsRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

@Configuration(proxyBeanMethods = false)
class CallerConfiguration implements WebMvcConfigurer {

    static {
        SpringDocUtils.getConfig().addRequestWrapperToIgnore(Workspace.class);
    }

    private final CallerProperties properties;

    CallerConfiguration(CallerProperties properties) {
        this.properties = properties;
    }

    @Override
    public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(new WorkspaceArgument(new Workspace(properties.defaultWorkspace())));
    }

    @Override
    public void addCorsMappings(CorsRegistry registry) {
        if (!properties.allowedOrigins().isEmpty()) {
            registry.addMapping("/api/**")
                    .allowedOrigins(properties.allowedOrigins().toArray(String[]::new))
                    .allowedMethods("GET", "POST", "PUT", "DELETE")
                    .allowedHeaders("*")
                    .exposedHeaders(HttpHeaders.LOCATION, HttpHeaders.RETRY_AFTER);
        }
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
                                            WorkspaceArgument.PARAMETER.equals(
                                                    parameter.getName()));
            if (taken && !described) {
                operation.addParametersItem(
                        new Parameter()
                                .in("query")
                                .name(WorkspaceArgument.PARAMETER)
                                .description(
                                        "The Kubernetes namespace, as kubectl's -n; left out, the"
                                                + " caller's own.")
                                .schema(new StringSchema()));
            }
            return operation;
        };
    }
}
