package io.interlinkgateway.credential;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Which MLflow servers the gateway may call.
///
/// @param allowedHosts host names of the MLflow servers that the check of a credential (`verify`) may call; empty
///     for all. A credential is sent only to the server that it names; one that names none, only to the server that an
///     admin names
/// @param allowPrivateAddresses whether MLflow servers in private, local and special networks may be called, and
///     whether an admin may name one with `http`; `true` in the sandbox. Link-local addresses, where clouds serve their
///     keys, are never called
/// @param timeout how long one check of a credential may take in all
@ConfigurationProperties("gateway.mlflow")
record MlflowProperties(
        @DefaultValue List<String> allowedHosts,
        @DefaultValue("false") boolean allowPrivateAddresses,
        @DefaultValue("10s") Duration timeout) {}
