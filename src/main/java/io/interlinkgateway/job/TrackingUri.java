package io.interlinkgateway.job;

import io.interlinkgateway.failure.InvalidValueException;
import java.net.URI;
import java.util.Locale;

/// The address of an MLflow server, as its clients take it.
///
/// @param value an absolute http or https address without user, query and fragment
public record TrackingUri(URI value) {

    private static final int LONGEST = 2048;

    /// @throws InvalidValueException if it is no such address
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
    /// @return the same, parsed
    /// @throws InvalidValueException if it is no http or https address
    public static TrackingUri parse(String text) {
        try {
            return new TrackingUri(URI.create(text));
        } catch (InvalidValueException refused) {
            throw refused;
        } catch (IllegalArgumentException notAnAddress) {
            throw refused();
        }
    }

    // The text may hold a password, so it isn't shown.
    private static InvalidValueException refused() {
        return new InvalidValueException(
                "The tracking URI is not the address of an MLflow server.",
                "Write it like https://mlflow.example.org/, without user, password, query and"
                        + " fragment.");
    }

    /// Whether both name the same server: scheme, host and port, whatever the path.
    ///
    /// @param other another address
    /// @return true for the same server
    public boolean sameServerAs(TrackingUri other) {
        return value.getScheme().equalsIgnoreCase(other.value.getScheme())
                && value.getHost().equalsIgnoreCase(other.value.getHost())
                && port() == other.port();
    }

    /// The port that the address means.
    ///
    /// @return the port it names, else 80 or 443
    public int port() {
        if (value.getPort() >= 0) {
            return value.getPort();
        }
        return isSecured() ? 443 : 80;
    }

    /// Whether what is sent there can't be read on the way.
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
