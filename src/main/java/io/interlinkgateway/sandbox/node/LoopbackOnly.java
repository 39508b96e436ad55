package io.interlinkgateway.sandbox.node;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.env.Environment;

/// Keeps the sandbox off every address but the loopback ones: who reaches it runs commands on this machine.
public final class LoopbackOnly {

    private static final String HINT =
            "The sandbox runs whatever it is sent as the user who started it, so it listens on a"
                    + " loopback address only, such as 127.0.0.1. For other machines, run the"
                    + " gateway with the profile kubernetes.";

    private LoopbackOnly() {}

    /// @param environment holds the addresses to listen on
    /// @throws InvalidConfigurationPropertyValueException if one of them can be reached from elsewhere
    public static void require(Environment environment) {
        require("server.address", environment.getProperty("server.address"));
        String management = environment.getProperty("management.server.address");
        // On a port of its own, management listens on all addresses unless it has an address of its
        // own.
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
            // Nothing and "localhost" both mean the loopback interface to getByName.
            return !address.isBlank() && InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException unknown) {
            return false;
        }
    }
}
