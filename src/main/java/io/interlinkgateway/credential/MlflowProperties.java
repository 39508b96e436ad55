package io.interlinkgateway.credential;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Which MLflow servers the gateway may call.
///
/// @param allowedHosts host names that may be called; empty for every host
/// @param allowPrivateAddresses whether addresses of private, local and special networks may be called; true
///     in the sandbox. Link-local addresses, where clouds serve their keys, are never called.
/// @param timeout how long one check may take in all
@ConfigurationProperties("gateway.mlflow")
record MlflowProperties(
        @DefaultValue List<String> allowedHosts,
        @DefaultValue("false") boolean allowPrivateAddresses,
        @DefaultValue("10s") Duration timeout) {}
