package io.interlinkgateway.job;

import io.interlinkgateway.failure.InvalidValueException;
import java.net.URI;
import java.util.Locale;

/// The address of an MLflow server, as in its clients' configuration.
///
/// @param value an absolute http or https address without user, query and fragment
public record TrackingUri(URI value) {

    private static final int LONGEST = 2048;

    /// @throws InvalidValueException if it is not such an address
    public TrackingUri {
        String scheme = value.getScheme() == null ? "" : value.getScheme().toLowerCase(Locale.ROOT);
        boolean web = scheme.equals("http") || scheme.equals("https");
        boolean plain =
                value.getRawUserInfo() == null
                        && value.getRawQuery() == null
                        && value.getRawFragment() == null;
        boolean portExists = value.getPort() != 0 && value.getPort() <= 65_535;
        if (!web
                || !plain
                || !portExists
                || value.getHost() == null
                || value.toString().length() > LONGEST) {
            throw refused();
        }
    }

    /// @param text an address
    /// @return the parsed address
    /// @throws InvalidValueException if it is not a valid address
    public static TrackingUri parse(String text) {
        try {
            return new TrackingUri(URI.create(text));
        } catch (InvalidValueException refused) {
            throw refused;
        } catch (IllegalArgumentException _) {
            throw refused();
        }
    }

    // The text may contain a password, so it is not shown.
    private static InvalidValueException refused() {
        return new InvalidValueException(
                "The tracking URI is not the address of an MLflow server.",
                "Write it like https://mlflow.example.org/, without user, password, query and"
                        + " fragment.");
    }

    /// Whether both have the same server: scheme, host and port. The path is ignored.
    ///
    /// @param other another address
    /// @return true for the same server
    public boolean sameServerAs(TrackingUri other) {
        return value.getScheme().equalsIgnoreCase(other.value.getScheme())
                && value.getHost().equalsIgnoreCase(other.value.getHost())
                && port() == other.port();
    }

    /// The port, explicit or by default.
    ///
    /// @return the address's port, else 80 or 443
    public int port() {
        if (value.getPort() >= 0) {
            return value.getPort();
        }
        return isSecured() ? 443 : 80;
    }

    /// Whether connections are encrypted.
    ///
    /// @return true for https
    public boolean isSecured() {
        return value.getScheme().equalsIgnoreCase("https");
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
