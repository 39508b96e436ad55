package io.interlinkgateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.caller.Role;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.token.ApiToken;
import io.interlinkgateway.token.ApiTokens;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What every place for API tokens does.
public interface ApiTokensContract {

    /// @return the place
    ApiTokens tokens();

    private static String someId() {
        return UUID.randomUUID().toString().replace("-", "").substring(0, 16);
    }

    private static ApiToken tokenOf(String owner) {
        return new ApiToken(
                someId(),
                "ab".repeat(32),
                owner,
                "näm,e \"quoted\"",
                Role.SUBMITTER,
                List.of(new Workspace("second"), new Workspace("first")),
                Instant.parse("2026-11-25T10:00:00Z"),
                Instant.parse("2026-12-25T10:00:00Z"));
    }

    @Test
    default void aTokenComesBackAsItWas() {
        ApiToken token = tokenOf("https://issuer.example.org/#ada");

        tokens().add(token);

        assertThat(tokens().find(token.id())).contains(token);
    }

    @Test
    default void ownersSeeTheirOwn() {
        String ada = "https://issuer.example.org/#" + UUID.randomUUID();
        ApiToken token = tokenOf(ada);
        tokens().add(token);
        tokens().add(tokenOf(ada + "2"));

        assertThat(tokens().ownedBy(ada)).containsExactly(token);
    }

    @Test
    default void ownersSeeTheOldestFirst() {
        String ada = "https://issuer.example.org/#" + UUID.randomUUID();
        List<ApiToken> added = Stream.generate(() -> tokenOf(ada)).limit(12).toList();
        added.forEach(token -> tokens().add(token));

        assertThat(tokens().ownedBy(ada)).containsExactlyElementsOf(added);
    }

    @Test
    default void manyAtOnceAreNoMoreThanAllowedAndNoneTheLess() throws Exception {
        String ada = "https://issuer.example.org/#" + UUID.randomUUID();
        List<String> added = new ArrayList<>();
        try (ExecutorService callers = Executors.newFixedThreadPool(60)) {
            CyclicBarrier start = new CyclicBarrier(60);
            Callable<Optional<String>> caller =
                    () -> {
                        ApiToken token = tokenOf(ada);
                        start.await();
                        return tokens().addWithin(token, 20)
                                ? Optional.of(token.id())
                                : Optional.empty();
                    };
            for (Future<Optional<String>> answer :
                    callers.invokeAll(Collections.nCopies(60, caller))) {
                answer.get().ifPresent(added::add);
            }
        }

        assertThat(added).hasSize(20);
        assertThat(tokens().ownedBy(ada))
                .extracting(ApiToken::id)
                .containsExactlyInAnyOrderElementsOf(added);
    }

    @Test
    default void aDeletedTokenIsGone() {
        ApiToken token = tokenOf("ada");
        tokens().add(token);

        tokens().delete(token.id());
        tokens().delete(token.id());

        assertThat(tokens().find(token.id())).isEmpty();
        assertThat(tokens().ownedBy("ada")).doesNotContain(token);
    }

    @Test
    default void anUnknownTokenIsNone() {
        assertThat(tokens().find(someId())).isEmpty();
    }
}
