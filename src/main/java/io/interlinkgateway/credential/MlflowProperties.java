package io.interlinkgateway.credential;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Which MLflow servers the gateway may call.
///
/// @param allowedHosts host names of the MLflow servers that the check of a credential (`verify`) may call; empty for
///     any. A credential is only sent to the server that it names; one without a server, only to the server that an
///     admin names
/// @param allowPrivateAddresses whether MLflow servers in private, local and special networks may be called, and
///     whether an admin may name one with `http`; `true` in the sandbox. Link-local addresses, which clouds use for
///     their metadata services, are never called
/// @param timeout the timeout of a whole check of a credential
@ConfigurationProperties("gateway.mlflow")
record MlflowProperties(
        @DefaultValue List<String> allowedHosts,
        @DefaultValue("false") boolean allowPrivateAddresses,
        @DefaultValue("10s") Duration timeout) {}
