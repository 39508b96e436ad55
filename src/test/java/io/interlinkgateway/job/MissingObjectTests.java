package io.interlinkgateway.job;

import static io.interlinkgateway.job.ObjectReference.Kind.CONFIG_MAP;
import static io.interlinkgateway.job.ObjectReference.Kind.SECRET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.ObjectReference.Kind;
import io.interlinkgateway.job.ObjectReference.Use;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MissingObjectTests {

    /// A workspace in memory that counts how often it is asked.
    private static final class Workspace {

        private final Map<String, Set<String>> there;
        final List<String> asked = new ArrayList<>();

        Workspace(Map<String, Set<String>> there) {
            this.there = there;
        }

        Optional<Set<String>> find(Kind kind, ObjectName name) {
            asked.add(kind + " " + name);
            return Optional.ofNullable(there.get(kind + " " + name));
        }
    }

    private static ObjectReference reference(Kind kind, String name, String... keys) {
        return new ObjectReference(
                kind, name, Set.of(keys), false, Use.ENVIRONMENT, "at " + name + List.of(keys));
    }

    private static ObjectReference optional(Kind kind, String name) {
        return new ObjectReference(kind, name, Set.of(), true, Use.ENVIRONMENT, "optional");
    }

    @Test
    void objectsAndKeysThatAreNotThereAreMissing() {
        Workspace workspace =
                new Workspace(
                        Map.of(
                                "Secret login", Set.of("username", "password"),
                                "ConfigMap settings", Set.of("rate")));
        List<ObjectReference> references =
                List.of(
                        reference(SECRET, "login", "password"),
                        reference(SECRET, "login", "token"),
                        reference(SECRET, "settings", "rate"),
                        reference(CONFIG_MAP, "settings"),
                        reference(CONFIG_MAP, "login"));

        assertThat(MissingObject.among(references, workspace::find))
                .containsExactly(
                        new MissingObject(references.get(1), true, Set.of("token")),
                        new MissingObject(references.get(2), false, Set.of("rate")),
                        new MissingObject(references.get(4), false, Set.of()));
    }

    @Test
    void anObjectIsLookedForOnceAndItsAbsenceNamesAllKeys() {
        Workspace workspace = new Workspace(Map.of());
        List<ObjectReference> references =
                List.of(
                        reference(SECRET, "login", "username"),
                        reference(SECRET, "login", "password"),
                        reference(SECRET, "login"));

        assertThat(MissingObject.among(references, workspace::find))
                .hasSize(3)
                .allSatisfy(missing ->
                        assertThat(missing.keys())
                                .containsExactlyInAnyOrder("username", "password"));
        assertThat(workspace.asked).containsExactly("Secret login");
    }

    @Test
    void optionalReferencesAreNotLookedFor() {
        Workspace workspace = new Workspace(Map.of());

        assertThat(
                        MissingObject.among(
                                List.of(optional(SECRET, "a"), optional(CONFIG_MAP, "b")),
                                workspace::find))
                .isEmpty();
        assertThat(workspace.asked).isEmpty();
    }

    @Test
    void theSearchEndsWithTheFirstThatIsWanted() {
        Workspace workspace = new Workspace(Map.of());

        assertThat(
                        MissingObject.among(
                                        List.of(reference(SECRET, "a"), reference(SECRET, "b")),
                                        workspace::find)
                                .findFirst())
                .isPresent();
        assertThat(workspace.asked).containsExactly("Secret a");
    }

    @Test
    void nothingIsClaimedOfWhatMayNotBeRead() {
        List<Kind> asked = new ArrayList<>();
        List<ObjectReference> references =
                List.of(
                        reference(CONFIG_MAP, "a"),
                        reference(CONFIG_MAP, "b"),
                        reference(SECRET, "c"));

        assertThat(
                        MissingObject.among(
                                references,
                                (kind, _) -> {
                                    asked.add(kind);
                                    if (kind == CONFIG_MAP) {
                                        throw new GatewayException.ClusterRefused("403");
                                    }
                                    return Optional.empty();
                                }))
                .map(missing -> missing.reference().name())
                .containsExactly("c");
        assertThat(asked).containsExactly(CONFIG_MAP, SECRET);
    }

    @Test
    void whatWasFoundBeforeTheClusterFailsIsKept() {
        List<MissingObject> found = new ArrayList<>();
        List<ObjectReference> references =
                List.of(reference(SECRET, "a"), reference(SECRET, "silent"));

        assertThatExceptionOfType(GatewayException.ClusterUnavailable.class)
                .isThrownBy(() ->
                        MissingObject.among(
                                        references,
                                        (_, name) -> {
                                            if (name.value().equals("silent")) {
                                                throw new GatewayException.ClusterUnavailable("");
                                            }
                                            return Optional.empty();
                                        })
                                .forEach(found::add));
        assertThat(found).hasSize(1);
    }

    @Test
    void atMostFiftyObjectsAreLookedFor() {
        Workspace workspace = new Workspace(Map.of());
        List<ObjectReference> references =
                IntStream.range(0, 1000)
                        .mapToObj(number -> reference(SECRET, "s" + number))
                        .toList();

        assertThat(MissingObject.among(references, workspace::find)).hasSize(50);
        assertThat(workspace.asked).hasSize(50);
    }

    @ParameterizedTest
    @CsvSource({"'../nodes'", "'Upper'", "''", "'a/b'", "'a b'", "'a?x=y'"})
    void whatNoObjectCanBeNamedIsMissingWithoutALookup(String name) {
        Workspace workspace = new Workspace(Map.of());

        assertThat(MissingObject.among(List.of(reference(SECRET, name)), workspace::find))
                .singleElement()
                .satisfies(missing -> assertThat(missing.isPossible()).isFalse());
        assertThat(workspace.asked).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"password, true", "tls.crt, true", "A_b-1, true", "'a b', false", "a'b, false"})
    void keysHaveTheirRules(String key, boolean possible) {
        assertThat(new MissingObject(reference(SECRET, "a", key), true, Set.of(key)).isPossible())
                .isEqualTo(possible);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    SECRET     | ENVIRONMENT      | false | true  | The Secret "x" does not exist; interLink waits for it and reports nothing.
                    CONFIG_MAP | ENVIRONMENT      | true  | true  | The ConfigMap "x" has no key "k"; interLink waits for it and reports nothing.
                    SECRET     | VOLUME           | false | true  | The Secret "x" does not exist; interLink waits five minutes for it, then gives up.
                    CONFIG_MAP | VOLUME           | true  | false | The ConfigMap "x" has no key "k".
                    CONFIG_MAP | PROJECTED_VOLUME | true  | true  | The ConfigMap "x" has no key "k"; interLink does not start the job and reports nothing.
                    SECRET     | PROJECTED_VOLUME | false | false | The Secret "x" does not exist.
                    """)
    void theMessageNamesWhatIsMissingAndWhatFollows(
            Kind kind, Use use, boolean exists, boolean holdsTheJob, String message) {
        MissingObject missing =
                new MissingObject(
                        new ObjectReference(kind, "x", Set.of("k"), false, use, "f"),
                        exists,
                        Set.of("k"));

        assertThat(missing.message()).isEqualTo(message);
        assertThat(missing.holdsTheJob()).isEqualTo(holdsTheJob);
    }
}
