package io.interlinkgateway.submission;

import io.interlinkgateway.representation.SubmitJobRequest;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.http.MediaType;

/// Describes the request body of an operation that accepts a job: a job spec or a pod.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@RequestBody(
        required = true,
        content = {
            @Content(
                    mediaType = MediaType.APPLICATION_JSON_VALUE,
                    schema = @Schema(implementation = SubmitJobRequest.class),
                    examples = @ExampleObject(name = Examples.NAME, value = Examples.SPEC)),
            @Content(
                    mediaType = MediaType.APPLICATION_YAML_VALUE,
                    schema = @Schema(type = "string"),
                    examples = @ExampleObject(name = Examples.NAME, value = Examples.POD))
        })
@interface JobBody {}
