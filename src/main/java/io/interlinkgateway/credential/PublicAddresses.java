package io.interlinkgateway.credential;

import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/// Resolves host names, and refuses addresses in networks that callers could not reach themselves. The connection is
/// made to the checked address, so a name that changes its address after the check has no effect (DNS rebinding).
final class PublicAddresses {

    /// Networks of the IANA special-purpose registries for which InetAddress has no method.
    private static final List<Network> SPECIAL =
            List.of(
                    new Network("0.0.0.0", 8),
                    new Network("100.64.0.0", 10),
                    new Network("192.0.0.0", 24),
                    new Network("198.18.0.0", 15),
                    new Network("240.0.0.0", 4),
                    new Network("::", 96),
                    new Network("64:ff9b::", 96),
                    new Network("64:ff9b:1::", 48),
                    new Network("2002::", 16),
                    new Network("2001::", 32),
                    new Network("fc00::", 7));

    private final MlflowProperties properties;
    private final Resolver names;

    PublicAddresses(MlflowProperties properties) {
        this(properties, InetAddress::getAllByName);
    }

    PublicAddresses(MlflowProperties properties, Resolver names) {
        this.properties = properties;
        this.names = names;
    }

    /// Finds the addresses of a name.
    @FunctionalInterface
    interface Resolver {
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    /// A host or address that the gateway must not call.
    static final class RefusedException extends UnknownHostException {

        private RefusedException(String host) {
            super(host);
        }
    }

    List<InetAddress> resolve(String host) throws UnknownHostException {
        boolean listed =
                properties.allowedHosts().isEmpty()
                        || properties.allowedHosts().stream().anyMatch(host::equalsIgnoreCase);
        if (!listed) {
            throw new RefusedException(host);
        }
        InetAddress[] addresses = names.resolve(host);
        if (!Arrays.stream(addresses).allMatch(this::mayBeCalled)) {
            throw new RefusedException(host);
        }
        return List.of(addresses);
    }

    private boolean mayBeCalled(InetAddress address) {
        return properties.allowPrivateAddresses()
                ? !address.isLinkLocalAddress()
                        && !address.isAnyLocalAddress()
                        && !address.isMulticastAddress()
                : isPublic(address);
    }

    static boolean isPublic(InetAddress address) {
        return !address.isAnyLocalAddress()
                && !address.isLoopbackAddress()
                && !address.isLinkLocalAddress()
                && !address.isSiteLocalAddress()
                && !address.isMulticastAddress()
                && SPECIAL.stream().noneMatch(network -> network.holds(address));
    }

    private record Network(InetAddress start, int bits) {

        Network(String start, int bits) {
            this(InetAddress.ofLiteral(start), bits);
        }

        boolean holds(InetAddress address) {
            boolean sameFamily =
                    (start instanceof Inet4Address) == (address instanceof Inet4Address);
            return sameFamily && prefix(address).equals(prefix(start));
        }

        private BigInteger prefix(InetAddress address) {
            byte[] bytes = address.getAddress();
            return new BigInteger(1, bytes).shiftRight(bytes.length * 8 - bits);
        }
    }
}
