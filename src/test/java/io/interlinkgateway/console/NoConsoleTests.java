package io.interlinkgateway.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.FilterType;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

/// A gateway whose console is switched off.
@WebMvcTest(
        useDefaultFilters = false,
        properties = "gateway.console.enabled=false",
        includeFilters =
                @ComponentScan.Filter(
                        type = FilterType.REGEX,
                        pattern = "io\\.interlinkgateway\\.(console\\..*|problem\\.ProblemAdvice)"))
@AutoConfigureMockMvc(addFilters = false)
class NoConsoleTests {

    @Autowired private MockMvcTester mvc = MockMvcTester.of(List.of());

    @TestConfiguration(proxyBeanMethods = false)
    @EnableConfigurationProperties(ConsoleProperties.class)
    static class Properties {}

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/console",
                "/console/",
                "/console/index.html",
                "/console/jobs",
                "/console/settings.json",
                "/console/assets/sample-abc123.js"
            })
    void itsAddressesAreUnknown(String path) {
        assertThat(mvc.get().uri(path).exchange())
                .hasStatus(HttpStatus.NOT_FOUND)
                .hasContentTypeCompatibleWith(MediaType.APPLICATION_PROBLEM_JSON);
    }

    @Test
    void browsersThatOpenTheGatewaysAddressGetTheLinks() {
        assertThat(mvc.get().uri("/").header(HttpHeaders.ACCEPT, "text/html,*/*;q=0.8").exchange())
                .hasStatusOk()
                .bodyJson()
                .hasPath("$.documentation")
                .doesNotHavePath("$.console");
    }
}
