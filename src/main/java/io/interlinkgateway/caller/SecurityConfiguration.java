package io.interlinkgateway.caller;

import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.web.Connections;
import io.interlinkgateway.web.Refusals;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.header.HeaderWriterFilter;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;
import tools.jackson.databind.json.JsonMapper;

/// The security filter chains, which authenticate requests. [WorkspaceAccess] then authorizes them.
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {

    /// Writes headers before the request is processed: afterwards a stream's own thread may be writing headers too,
    /// and Jetty's are not thread-safe.
    private static final ObjectPostProcessor<HeaderWriterFilter> EAGER =
            new ObjectPostProcessor<>() {
                @Override
                public <T extends HeaderWriterFilter> T postProcess(T filter) {
                    filter.setShouldWriteHeadersEagerly(true);
                    return filter;
                }
            };

    private static final Logger LOG = LoggerFactory.getLogger(SecurityConfiguration.class);

    /// The paths that are readable without authentication: health, documentation and the
    /// console's files, which contain no data.
    private static final String[] OPEN = {
        "/",
        "/actuator/health",
        "/actuator/health/liveness",
        "/actuator/health/readiness",
        "/v3/api-docs/**",
        "/console",
        "/console/**",
        "/swagger-ui.html",
        "/swagger-ui/**",
        "/problems/**"
    };

    private static final String METRICS = "/actuator/prometheus";

    private final SecurityProperties properties;
    private final CallerProperties callers;

    SecurityConfiguration(SecurityProperties properties, CallerProperties callers) {
        this.properties = properties;
        this.callers = callers;
        switch (properties.mode()) {
            case OPEN ->
                    LOG.warn(
                            "gateway.security.mode is open: everyone who can reach the gateway may"
                                    + " do everything in every workspace");
            case AUTHENTICATED -> requireIssuer(properties);
        }
    }

    private static void requireIssuer(SecurityProperties properties) {
        if (properties.issuers().isEmpty()) {
            throw new InvalidConfigurationPropertyValueException(
                    "gateway.security.issuers",
                    null,
                    "The gateway can't authenticate callers. Configure an issuer whose tokens it"
                        + " trusts, or disable authentication with gateway.security.mode=open.");
        }
    }

    /// Each request is observed as a whole already. Observing every filter too took more of the processor than the
    /// filters themselves (docs/develop/benchmarks.md).
    @Bean
    SecurityObservationSettings securityObservations() {
        return SecurityObservationSettings.noObservations();
    }

    @Bean
    ProblemResponses problemResponses(
            @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems,
            Refusals refusals) {
        return new ProblemResponses(problems, refusals);
    }

    @Bean
    BearerTokenAuthentication bearerTokens(OwnTokens ownTokens, JsonMapper json) {
        return new BearerTokenAuthentication(
                ownTokens,
                properties.issuers().stream()
                        .map(issuer -> new TrustedIssuer(issuer, json))
                        .toList());
    }

    @Bean
    AuditLog auditLog(JsonMapper json) {
        return new AuditLog(json);
    }

    @Bean
    Logins loginsOfPeople(BearerTokenAuthentication bearerTokens) {
        return new Logins(properties.mode(), bearerTokens);
    }

    /// Runs before all filters that refuse requests, so that those are logged too, and within the request's trace.
    @Bean
    FilterRegistrationBean<AuditLogFilter> auditLogFilter(AuditLog audit) {
        FilterRegistrationBean<AuditLogFilter> registration =
                new FilterRegistrationBean<>(new AuditLogFilter(audit));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 2);
        return registration;
    }

    @Bean
    WebServerFactoryCustomizer<JettyServletWebServerFactory> auditedRefusals(
            FilterRegistrationBean<AuditLogFilter> auditLogFilter) {
        AuditLogFilter audit = Objects.requireNonNull(auditLogFilter.getFilter());
        return factory ->
                factory.addServerCustomizers(server -> AuditedRefusals.install(server, audit));
    }

    @Bean
    SecurityFilterChain filterChain(
            HttpSecurity http,
            BearerTokenAuthentication bearerTokens,
            ProblemResponses problems,
            Connections connections) {
        http.sessionManagement(
                        sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                // CSRF protection is not needed: browsers do not send bearer tokens by themselves,
                // and CORS refuses requests of other origins without one.
                .csrf(AbstractHttpConfigurer::disable)
                .formLogin(AbstractHttpConfigurer::disable)
                .httpBasic(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .headers(headers ->
                        headers.withObjectPostProcessor(EAGER)
                                .referrerPolicy(policy -> policy.policy(ReferrerPolicy.NO_REFERRER))
                                .addHeaderWriter(new ContentSecurity(bearerTokens.issuers())))
                .addFilter(origins(problems))
                .exceptionHandling(failures ->
                        failures.authenticationEntryPoint(problems).accessDeniedHandler(problems))
                .addFilterBefore(callerNoted(connections), AuthorizationFilter.class);
        switch (properties.mode()) {
            case OPEN ->
                    http.authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                            .addFilterBefore(asAnonymous(), AnonymousAuthenticationFilter.class);
            case AUTHENTICATED ->
                    http.authorizeHttpRequests(
                                    requests -> {
                                        // Dispatches of a request that was already authorized.
                                        requests.dispatcherTypeMatchers(
                                                        DispatcherType.ASYNC, DispatcherType.ERROR)
                                                .permitAll();
                                        requests.requestMatchers(HttpMethod.GET, OPEN).permitAll();
                                        if (properties.openMetrics()) {
                                            requests.requestMatchers(HttpMethod.GET, METRICS)
                                                    .permitAll();
                                        }
                                        requests.anyRequest().authenticated();
                                    })
                            .oauth2ResourceServer(tokens ->
                                    tokens.authenticationManagerResolver(_ -> bearerTokens)
                                            .authenticationEntryPoint(problems)
                                            .accessDeniedHandler(problems)
                                            .protectedResourceMetadata(metadata ->
                                                    metadata.protectedResourceMetadataCustomizer(
                                                            resource ->
                                                                    properties.issuers().stream()
                                                                            .map(issuer ->
                                                                                    issuer.uri()
                                                                                            .toString())
                                                                            .forEach(
                                                                                    resource
                                                                                            ::authorizationServer))))
                            .addFilterAfter(
                                    new RateLimitFilter(callers, problems),
                                    AuthorizationFilter.class);
        }
        return http.build();
    }

    private Filter asAnonymous() {
        Caller anonymous = Caller.ofOpenGateway(new Workspace(callers.defaultWorkspace()));
        return (request, response, chain) -> {
            SecurityContextHolder.getContext()
                    .setAuthentication(new CallerAuthentication(anonymous));
            chain.doFilter(request, response);
        };
    }

    private static Filter callerNoted(Connections connections) {
        return (request, response, chain) -> {
            if (CallerAuthentication.isKnown()) {
                connections.admit((HttpServletRequest) request);
                request.setAttribute(AuditLogFilter.CALLER, CallerAuthentication.current());
            }
            chain.doFilter(request, response);
        };
    }

    /// Requests from other origins are refused, instead of only hiding the response from them: otherwise such pages
    /// could send simple requests to an open gateway.
    private CorsFilter origins(ProblemResponses problems) {
        CorsConfiguration api = new CorsConfiguration();
        api.setAllowedOrigins(properties.allowedOrigins());
        api.setAllowedMethods(List.of("GET", "POST", "PUT", "DELETE"));
        api.setAllowedHeaders(List.of(CorsConfiguration.ALL));
        api.setExposedHeaders(
                List.of(HttpHeaders.LOCATION, HttpHeaders.RETRY_AFTER, HttpHeaders.ETAG));
        UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
        source.registerCorsConfiguration("/api/**", api);
        CorsFilter filter = new CorsFilter(source);
        filter.setCorsProcessor(new CrossOriginRefusals(problems));
        return filter;
    }

    @Bean
    HttpFirewall firewall() {
        return new HostFirewall(properties.allowedHosts());
    }
}
