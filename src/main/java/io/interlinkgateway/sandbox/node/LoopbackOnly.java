package io.interlinkgateway.sandbox.node;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.env.Environment;

/// Ensures that the sandbox listens on loopback addresses only: anyone who can reach it can run commands on this
/// machine.
public final class LoopbackOnly {

    private static final String HINT =
            "The sandbox runs any command that it receives, as the user who started it. So it only"
                + " listens on a loopback address such as 127.0.0.1. To serve other machines, run"
                + " the gateway with the profile kubernetes.";

    private LoopbackOnly() {}

    /// @param environment has the addresses to listen on
    /// @throws InvalidConfigurationPropertyValueException if one of them is not a loopback address
    public static void require(Environment environment) {
        require("server.address", environment.getProperty("server.address"));
        String management = environment.getProperty("management.server.address");
        // With a separate port, management listens on all addresses unless an address is
        // configured.
        if (management != null || environment.containsProperty("management.server.port")) {
            require("management.server.address", management);
        }
    }

    private static void require(String property, @Nullable String address) {
        if (address == null || !isLoopback(address)) {
            throw new InvalidConfigurationPropertyValueException(property, address, HINT);
        }
    }

    private static boolean isLoopback(String address) {
        try {
            // getByName resolves an empty name, as well as "localhost", to the loopback interface.
            return !address.isBlank() && InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException _) {
            return false;
        }
    }
}
