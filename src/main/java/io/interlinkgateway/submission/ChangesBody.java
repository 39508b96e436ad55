package io.interlinkgateway.submission;

import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.http.MediaType;

/// Describes the request body of an operation that accepts changes of a definition: a JSON merge patch.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@RequestBody(
        content =
                @Content(
                        mediaType = MediaType.APPLICATION_JSON_VALUE,
                        schema =
                                @Schema(
                                        type = "object",
                                        additionalProperties =
                                                Schema.AdditionalPropertiesValue.TRUE),
                        examples = @ExampleObject(name = "changes", value = Examples.CHANGES)))
@interface ChangesBody {}
