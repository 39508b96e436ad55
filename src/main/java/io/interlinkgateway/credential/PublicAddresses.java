package io.interlinkgateway.credential;

import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;

/// Resolves names to the addresses that are then connected to, and refuses those of networks that only the
/// gateway can reach. The check is made on what is connected to, so a name that changes its address in between
/// gains nothing.
final class PublicAddresses implements DnsResolver {

    /// Networks of the IANA special-purpose registries that InetAddress has no question for.
    private static final List<Network> SPECIAL =
            List.of(
                    new Network("0.0.0.0", 8),
                    new Network("100.64.0.0", 10),
                    new Network("192.0.0.0", 24),
                    new Network("198.18.0.0", 15),
                    new Network("240.0.0.0", 4),
                    new Network("64:ff9b::", 96),
                    new Network("64:ff9b:1::", 48),
                    new Network("2002::", 16),
                    new Network("2001::", 32),
                    new Network("fc00::", 7));

    private final MlflowProperties properties;
    private final DnsResolver names;

    PublicAddresses(MlflowProperties properties) {
        this(properties, SystemDefaultDnsResolver.INSTANCE);
    }

    PublicAddresses(MlflowProperties properties, DnsResolver names) {
        this.properties = properties;
        this.names = names;
    }

    /// A host or address that the gateway must not call.
    static final class RefusedException extends UnknownHostException {

        private RefusedException(String host) {
            super(host);
        }
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        boolean listed =
                properties.allowedHosts().isEmpty()
                        || properties.allowedHosts().stream().anyMatch(host::equalsIgnoreCase);
        if (!listed) {
            throw new RefusedException(host);
        }
        InetAddress[] addresses = names.resolve(host);
        if (!properties.allowPrivateAddresses()
                && Arrays.stream(addresses).anyMatch(address -> !isPublic(address))) {
            throw new RefusedException(host);
        }
        return addresses;
    }

    @Override
    public String resolveCanonicalHostname(String host) {
        return host.toLowerCase(Locale.ROOT);
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
