package io.interlinkgateway.history.store;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// The PostgreSQL database of the history.
///
/// @param url its address, `jdbc:postgresql://host:5432/database`, with parameters of its driver such as `sslmode`
/// @param username the user, who must be able to create tables
/// @param password the user's password, if `gateway.history.password-file` is not set
@ConfigurationProperties("spring.datasource")
record DatabaseProperties(
        @Nullable String url, @Nullable String username, @Nullable String password) {

    /// Hides the password, and the parameters of the address, which may include one.
    @Override
    public String toString() {
        return "DatabaseProperties[url=" + publicUrl() + ", username=" + username + "]";
    }

    /// @return the address without its parameters
    String publicUrl() {
        return url == null ? "" : url.replaceFirst("\\?.*", "");
    }
}
