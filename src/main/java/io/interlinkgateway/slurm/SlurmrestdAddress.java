package io.interlinkgateway.slurm;

import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;

/// The address of a slurmrestd.
sealed interface SlurmrestdAddress {

    /// A TCP port.
    ///
    /// @param uri `http` or `https`, a host, optionally a port and a path; nothing else
    record Network(URI uri) implements SlurmrestdAddress {}

    /// A Unix socket.
    ///
    /// @param path the socket's absolute path
    record UnixSocket(Path path) implements SlurmrestdAddress {}

    /// @param text an `http` or `https` URI, or `unix:` and an absolute path
    /// @throws IllegalArgumentException if it is none of these
    static SlurmrestdAddress parse(String text) {
        if (text.startsWith("unix:")) {
            Path path = Path.of(text.substring("unix:".length()));
            if (!path.isAbsolute()) {
                throw refused();
            }
            return new UnixSocket(path);
        }
        URI uri = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!(scheme.equals("http") || scheme.equals("https"))
                || uri.getHost() == null
                || uri.getRawUserInfo() != null
                || uri.getRawQuery() != null
                || uri.getRawFragment() != null) {
            throw refused();
        }
        return new Network(uri);
    }

    private static IllegalArgumentException refused() {
        return new IllegalArgumentException(
                "The address of a slurmrestd is like https://slurm.example.org:6820 or"
                        + " unix:/run/slurmrestd/socket, without user, query or fragment.");
    }

    /// @return whether others in the network can read what is sent there
    default boolean isReadableByOthers() {
        return switch (this) {
            case UnixSocket _ -> false;
            case Network(URI uri) ->
                    uri.getScheme().equalsIgnoreCase("http") && !isLoopback(uri.getHost());
        };
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d+){3}");
    }
}
