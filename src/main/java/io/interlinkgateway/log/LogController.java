package io.interlinkgateway.log;

import io.interlinkgateway.caller.RequiredRole;
import io.interlinkgateway.caller.Role;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Workspace;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.OptionalInt;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Logs")
class LogController {

    private static final int CHUNK = 8192;

    private final JobLogs logs;

    LogController(JobLogs logs) {
        this.logs = logs;
    }

    /// Writes to the response itself: what a StreamingResponseBody flushes does not reach the client since
    /// Spring Framework 7.0.6 (its issue 36385).
    @RequiredRole(Role.VIEWER)
    @GetMapping(path = "/api/v1/jobs/{name}/logs", produces = MediaType.TEXT_PLAIN_VALUE)
    @Operation(
            summary = "Read a job's log",
            description =
                    "With follow the answer ends when the job ends; a job that has not started is"
                            + " waited for.",
            responses =
                    @ApiResponse(
                            responseCode = "200",
                            content =
                                    @Content(
                                            mediaType = MediaType.TEXT_PLAIN_VALUE,
                                            schema = @Schema(type = "string"))))
    void read(
            Workspace workspace,
            @PathVariable JobName name,
            @RequestParam(defaultValue = "false") boolean follow,
            @RequestParam @Parameter(description = "Only this many lines before now.")
                    Optional<Integer> tailLines,
            @RequestParam @Parameter(description = "Which container; left out, the first.")
                    Optional<String> container,
            HttpServletResponse response)
            throws IOException {
        try (InputStream log =
                logs.open(
                        workspace,
                        name,
                        new JobLogs.Options(
                                follow,
                                tailLines.map(OptionalInt::of).orElse(OptionalInt.empty()),
                                container))) {
            response.setContentType("text/plain;charset=utf-8");
            response.setHeader("X-Content-Type-Options", "nosniff");
            response.flushBuffer();
            pass(log, response.getOutputStream());
        }
    }

    private static void pass(InputStream log, ServletOutputStream client) throws IOException {
        byte[] chunk = new byte[CHUNK];
        for (int length = log.read(chunk); length >= 0; length = log.read(chunk)) {
            client.write(chunk, 0, length);
            client.flush();
        }
    }
}
