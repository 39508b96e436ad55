package io.interlinkgateway.console;

import io.interlinkgateway.caller.Logins;
import io.swagger.v3.oas.annotations.Hidden;
import java.util.List;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// What the console has to know before a person has logged in. It requires no authentication.
@ConditionalOnBooleanProperty(name = ConsoleProperties.ENABLED, matchIfMissing = true)
@Hidden
@RestController
class SettingsController {

    /// @param loginRequired whether requests to the API need a token
    /// @param logins where a person can log in
    record Settings(boolean loginRequired, List<Logins.Login> logins) {}

    private final Logins logins;

    SettingsController(Logins logins) {
        this.logins = logins;
    }

    @GetMapping(path = "/console/settings.json", produces = MediaType.APPLICATION_JSON_VALUE)
    Settings settings() {
        return new Settings(logins.required(), logins.available());
    }
}
