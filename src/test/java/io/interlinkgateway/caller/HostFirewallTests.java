package io.interlinkgateway.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.web.firewall.RequestRejectedException;

/// What is said behind an ingress: the server's name comes of forwarded headers there, the header `Host` does not.
class HostFirewallTests {

    private final HostFirewall firewall = new HostFirewall(Set.of("gateway.example.org"));

    private static MockHttpServletRequest called(String serverName, String host) {
        MockHttpServletRequest request =
                new MockHttpServletRequest("GET", "/api/v1/jobs") {
                    @Override
                    public String getServerName() {
                        return serverName;
                    }
                };
        request.addHeader("Host", host);
        return request;
    }

    @ParameterizedTest
    @CsvSource({
        "gateway.example.org, gateway.example.org",
        "gateway.example.org, GATEWAY.example.org:443"
    })
    void itsOwnNameIsTaken(String serverName, String host) {
        assertThat(firewall.getFirewalledRequest(called(serverName, host))).isNotNull();
    }

    @ParameterizedTest
    @CsvSource({
        "gateway.example.org, evil.org",
        "evil.org, gateway.example.org",
        "gateway.example.org, gateway.example.org.evil.org",
        "gateway.example.org, '[gateway.example.org]'"
    })
    void bothNamesMustBeItsOwn(String serverName, String host) {
        assertThatThrownBy(() -> firewall.getFirewalledRequest(called(serverName, host)))
                .isInstanceOf(RequestRejectedException.class);
    }

    @Test
    void aRequestOfHttp10WithoutAHostIsJudgedByTheServersName() {
        MockHttpServletRequest request = new MockHttpServletRequest("GET", "/api/v1/jobs");
        request.setServerName("gateway.example.org");
        assertThat(firewall.getFirewalledRequest(request)).isNotNull();

        request.setServerName("10.0.0.1");
        assertThatThrownBy(() -> firewall.getFirewalledRequest(request))
                .isInstanceOf(RequestRejectedException.class);
    }
}
