package io.interlinkgateway;

import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.bind.BindResult;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/// Refuses to start with configuration keys of earlier versions. Spring Boot would ignore them without a message,
/// and the gateway would run with defaults. Spring Boot's own check (`ignoreUnknownFields`) does not cover environment
/// variables and system properties.
@Component
final class RenamedProperties {

    /// Old keys to present ones.
    private static final Map<String, String> KEYS =
            Map.of(
                    "gateway.caller.allowed-origins", "gateway.security.allowed-origins",
                    "gateway.caller.open-requests", "gateway.caller.max-concurrent-requests",
                    "gateway.cluster.watches.workspaces", "gateway.cluster.watches.max-workspaces",
                    "gateway.connections.strangers-wait",
                            "gateway.connections.unauthenticated-timeout",
                    "gateway.namespaces.own", "gateway.namespaces.gateway-namespace",
                    "gateway.tokens.kept-for", "gateway.tokens.cache-ttl",
                    "gateway.tokens.longest-lifetime", "gateway.tokens.max-lifetime",
                    "gateway.tokens.per-owner", "gateway.tokens.max-per-owner");

    /// @param environment has the configuration
    /// @throws InvalidConfigurationPropertyValueException if it has a key of an earlier version
    RenamedProperties(Environment environment) {
        Binder binder = Binder.get(environment);
        KEYS.forEach((old, present) -> {
            BindResult<List<String>> value = binder.bind(old, Bindable.listOf(String.class));
            if (value.isBound()) {
                throw new InvalidConfigurationPropertyValueException(
                        old, value.get(), "This key was renamed to " + present + ".");
            }
        });
    }
}
