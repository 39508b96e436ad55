package io.interlinkgateway.submission;

import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Features of interLink that operators allow in callers' own pods.
///
/// @param allowedAnnotations the full names of annotations that callers' own pods may have. interLink defines, with
///     the prefix `interlink.eu/`: `wstunnel-extra-ports`, `gang-name`, `gang-size`, `gang-role`, `gang-rank`,
///     `disable-offload-containers`, `disable-offload-init-containers`, `mesh-network`, `shadow-same-ns`, `wg-mtu`,
///     `wg-keepalive-seconds`, `reverse-socks-port`; and `interlink.virtual-kubelet.io/wstunnel-timeout`. They open
///     ports into jobs or run containers in the cluster instead of on the HPC. By default none is allowed; those that
///     interLink or the gateway set themselves can't be allowed
@ConfigurationProperties("gateway.interlink")
record InterlinkProperties(@DefaultValue Set<String> allowedAnnotations) {}
