package io.interlinkgateway.slurm;

import io.interlinkgateway.job.NodeName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// Settings of single virtual nodes.
///
/// @param nodes the settings of each node, by its name: `slurmrestd` is how the gateway reaches SLURM's own interface, see
///     [slurmrestd](../operations/slurmrestd.md). By default there are none
@ConfigurationProperties("gateway")
record NodeProperties(@DefaultValue Map<String, NodeSettings> nodes) {

    /// Checks the names.
    NodeProperties {
        nodes.keySet().forEach(NodeName::new);
    }

    /// The settings of one virtual node.
    ///
    /// @param slurmrestd how SLURM's own interface is reached, if at all
    record NodeSettings(@Nullable SlurmrestdProperties slurmrestd) {}

    /// How a slurmrestd is reached.
    ///
    /// @param address `https://HOST:PORT`, `http://HOST:PORT`, or `unix:PATH` for a socket
    /// @param apiVersion the version of its API, such as `v0.0.38`; by default the newest that both support
    /// @param user the SLURM user of the requests, for whom the token is valid, and of the plugin's jobs: jobs of other
    ///     users are ignored
    /// @param tokenFile the file with that user's token (`scontrol token`). It is read before each request, so it
    ///     can be renewed
    /// @param caFile the certificates (PEM) that are trusted for `https`; by default the JDK's
    /// @param period the time between two requests, one second or more. After failures it grows up to a minute
    /// @param timeout the maximum time of one request, including its response; 100 ms or more
    /// @param maxAnswer the maximum size of a response, 1 kB or more
    /// @param plainToken whether the token may be sent over `http` to another machine, where others in the network can
    ///     read it
    /// @param cancelOrphans whether admins may cancel jobs whose pod does not exist any more
    record SlurmrestdProperties(
            String address,
            @Nullable String apiVersion,
            @Nullable String user,
            @Nullable Path tokenFile,
            @Nullable Path caFile,
            @DefaultValue("5s") Duration period,
            @DefaultValue("10s") Duration timeout,
            @DefaultValue("128MB") DataSize maxAnswer,
            @DefaultValue("false") boolean plainToken,
            @DefaultValue("false") boolean cancelOrphans) {

        /// @throws IllegalArgumentException if a value is invalid, or others could read the token
        SlurmrestdProperties {
            if (address == null) {
                throw new IllegalArgumentException("A slurmrestd needs an address.");
            }
            SlurmrestdAddress parsed = SlurmrestdAddress.parse(address);
            if (apiVersion != null && !apiVersion.matches("v\\d+\\.\\d+\\.\\d+")) {
                throw new IllegalArgumentException(
                        "The version of a slurmrestd's API is like v0.0.38.");
            }
            if (tokenFile != null && user == null) {
                throw new IllegalArgumentException(
                        "A slurmrestd with a token-file needs its user.");
            }
            if (tokenFile != null && parsed.isReadableByOthers() && !plainToken) {
                throw new IllegalArgumentException(
                        "Others in the network could read the token: use https, or set"
                                + " plain-token=true.");
            }
            if (period.compareTo(Duration.ofSeconds(1)) < 0
                    || timeout.compareTo(Duration.ofMillis(100)) < 0
                    || maxAnswer.toBytes() < 1024) {
                throw new IllegalArgumentException(
                        "The minimum period is 1 s, the minimum timeout 100 ms, the minimum"
                                + " max-answer 1 kB.");
            }
        }

        SlurmrestdAddress parsedAddress() {
            return SlurmrestdAddress.parse(address);
        }

        Optional<String> owner() {
            return Optional.ofNullable(user);
        }
    }
}
