package io.interlinkgateway.problem;

import io.interlinkgateway.CommittedFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The reference of problems in the documents is that of the code.
class ProblemPageTests {

    private static final CommittedFile COMMITTED =
            new CommittedFile(Path.of("docs/reference/problems.md"), "docs.update");

    /// To accept a change: `./mvnw test -Dtest='*PageTests' -Ddocs.update=true`.
    @Test
    void theCommittedReferenceHasEveryProblemType() throws IOException {
        COMMITTED.assertHolds(reference());
    }

    private static String reference() {
        return """
        # Problems

        <!-- Generated from `ProblemType` by `ProblemPageTests`, which fails when this file is stale.
             To update it: ./mvnw test -Dtest='*PageTests' -Ddocs.update=true -->

        Every answer with a status of 400 or more is an RFC 9457 problem (`application/problem+json`) with `type`,
        `title`, `status`, `detail`, `instance` and a `hint` that says what to do. `type` is stable and made for
        programs; it is also the address of a page on the gateway. `title`, `detail` and `hint` are for people and may
        change. Problems of a whole request list all its errors and warnings in `findings`, each with `rule`,
        `severity`, `field`, `message` and `hint`. A gateway that stops answers requests that
        still wait with `503` and `Retry-After`, without a body.

        | status | type | title |
        |---|---|---|
        %s

        %s
        """
                .formatted(
                        Arrays.stream(ProblemType.values())
                                .sorted(Comparator.comparing(ProblemType::status))
                                .map(type ->
                                        "| %d | [`/problems/%s`](#%s) | %s |"
                                                .formatted(
                                                        type.status().value(),
                                                        type.slug(),
                                                        type.slug(),
                                                        type.title()))
                                .collect(Collectors.joining("\n")),
                        Arrays.stream(ProblemType.values())
                                .map(type ->
                                        "## %s\n\n%d, %s. %s\n\n**Hint:** %s"
                                                .formatted(
                                                        type.slug(),
                                                        type.status().value(),
                                                        type.title(),
                                                        type.explanation(),
                                                        type.hint()))
                                .collect(Collectors.joining("\n\n")));
    }
}
