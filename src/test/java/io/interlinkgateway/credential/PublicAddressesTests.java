package io.interlinkgateway.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublicAddressesTests {

    private static final InetAddress PUBLIC = InetAddress.ofLiteral("193.2.1.66");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.8.8.8",
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "169.254.169.254",
                "100.64.0.1",
                "192.0.0.8",
                "198.18.0.1",
                "224.0.0.1",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "fe80::1",
                "fec0::1",
                "fc00::1",
                "fd12:3456::1",
                "ff02::1",
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "64:ff9b::7f00:1",
                "64:ff9b:1::1",
                "2002:7f00:1::",
                "::7f00:1"
            })
    void addressesOfSpecialNetworksAreNotPublic(String address) {
        assertThat(PublicAddresses.isPublic(InetAddress.ofLiteral(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"193.2.1.66", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2001:1470:8000::1"})
    void otherAddressesArePublic(String address) {
        assertThat(PublicAddresses.isPublic(InetAddress.ofLiteral(address))).isTrue();
    }

    @Test
    void oneAddressThatIsNotPublicRefusesTheName() {
        PublicAddresses addresses = addresses(List.of(), PUBLIC, InetAddress.getLoopbackAddress());

        assertThatExceptionOfType(PublicAddresses.RefusedException.class)
                .isThrownBy(() -> addresses.resolve("mlflow.example.org"));
    }

    @Test
    void onlyListedHostsAreCalledWhereThereIsAList() throws UnknownHostException {
        PublicAddresses addresses = addresses(List.of("mlflow.example.org"), PUBLIC);

        assertThat(addresses.resolve("MLflow.example.org")).containsExactly(PUBLIC);
        assertThatExceptionOfType(PublicAddresses.RefusedException.class)
                .isThrownBy(() -> addresses.resolve("other.example.org"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"169.254.169.254", "fe80::1", "0.0.0.0", "::", "224.0.0.1"})
    void whereCloudsServeTheirKeysIsNeverCalled(String address) {
        PublicAddresses lenient =
                new PublicAddresses(
                        new MlflowProperties(List.of(), true, Duration.ofSeconds(1)),
                        _ -> new InetAddress[] {InetAddress.ofLiteral(address)});

        assertThatExceptionOfType(PublicAddresses.RefusedException.class)
                .isThrownBy(() -> lenient.resolve("mlflow.example.org"));
    }

    private static PublicAddresses addresses(List<String> allowed, InetAddress... resolved) {
        return new PublicAddresses(
                new MlflowProperties(allowed, false, Duration.ofSeconds(1)), _ -> resolved);
    }
}
