package io.interlinkgateway.caller;

import java.util.Locale;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/// Shows whether callers must authenticate.
@Component
class SecurityHealthIndicator implements HealthIndicator {

    private final SecurityProperties properties;

    SecurityHealthIndicator(SecurityProperties properties) {
        this.properties = properties;
    }

    @Override
    public Health health() {
        return Health.up()
                .withDetail("mode", properties.mode().name().toLowerCase(Locale.ROOT))
                .build();
    }
}
