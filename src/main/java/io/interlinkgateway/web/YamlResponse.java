package io.interlinkgateway.web;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// The form of a response that is a YAML document, or the same as JSON.
public enum YamlResponse {
    /// YAML, by default.
    YAML {
        @Override
        public ResponseEntity<String> of(String yaml) {
            return ResponseEntity.ok()
                    .contentType(new MediaType(MediaType.APPLICATION_YAML, StandardCharsets.UTF_8))
                    .body(yaml);
        }
    },
    /// JSON, if the client prefers it.
    JSON {
        @Override
        public ResponseEntity<String> of(String yaml) {
            return ResponseEntity.ok()
                    .contentType(MediaType.APPLICATION_JSON)
                    .body(MAPPER.readTree(yaml).toString());
        }
    };

    private static final YAMLMapper MAPPER = new YAMLMapper();

    /// @param accept all headers `Accept` of the request
    /// @return the form that the client accepts
    /// @throws HttpMediaTypeNotAcceptableException if it accepts neither
    public static YamlResponse accepted(Optional<List<String>> accept)
            throws HttpMediaTypeNotAcceptableException {
        return AcceptedTypes.of(accept.orElse(List.of()))
                        .prefer(MediaType.APPLICATION_JSON, MediaType.APPLICATION_YAML)
                ? JSON
                : YAML;
    }

    /// @param yaml the document
    /// @return the response
    public abstract ResponseEntity<String> of(String yaml);
}
