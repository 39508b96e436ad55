package io.interlinkgateway.job;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A Secret or ConfigMap that a job refers to and that does not exist, or that lacks a key.
///
/// @param reference the place that refers to it
/// @param exists whether the object is there and only keys are missing
/// @param keys what is missing: the keys of this place that the object lacks or, where there is no object, all
///     keys that the job takes from it
public record MissingObject(ObjectReference reference, boolean exists, Set<String> keys) {

    /// The most objects that are looked for on behalf of one job. What lies beyond is taken to be there.
    public static final int MOST_LOOKUPS = 50;

    /// For how long objects are looked for on behalf of one job.
    private static final Duration LONGEST_SEARCH = Duration.ofSeconds(2);

    private static final int LONGEST_NAME = 253;
    private static final Pattern KEY = Pattern.compile("[-._a-zA-Z0-9]{1,253}");

    /// Copies the keys.
    public MissingObject {
        keys = Set.copyOf(keys);
    }

    /// Finds what is missing, optional references aside. Each object is looked for once, when the stream gets to
    /// it. Nothing is claimed of objects that the gateway may not read, nor of those that are left when
    /// [#MOST_LOOKUPS] were looked for or two seconds are over.
    ///
    /// @param references all that a job has
    /// @param lookup finds an object's keys, as [WorkspaceObjects#find] does
    /// @return the missing ones in the order of the references; throws
    ///     [GatewayException.ClusterUnavailable] when the lookup does
    public static Stream<MissingObject> among(
            List<ObjectReference> references,
            BiFunction<ObjectReference.Kind, ObjectName, Optional<Set<String>>> lookup) {
        return new Search(references, lookup).missing();
    }

    private record Target(ObjectReference.Kind kind, String name) {

        static Target of(ObjectReference reference) {
            return new Target(reference.kind(), reference.name());
        }
    }

    /// What is known of an object.
    private sealed interface Knowledge {

        record Present(Set<String> keys) implements Knowledge {}

        record Absent() implements Knowledge {}

        record Unknown() implements Knowledge {}
    }

    private static final class Search {

        private final List<ObjectReference> references;
        private final BiFunction<ObjectReference.Kind, ObjectName, Optional<Set<String>>> lookup;
        private final Map<Target, Set<String>> needed;
        private final Map<Target, Knowledge> known = new HashMap<>();
        private final Set<ObjectReference.Kind> refused =
                EnumSet.noneOf(ObjectReference.Kind.class);
        private final long deadline = System.nanoTime() + LONGEST_SEARCH.toNanos();
        private int lookups;

        Search(
                List<ObjectReference> references,
                BiFunction<ObjectReference.Kind, ObjectName, Optional<Set<String>>> lookup) {
            this.references =
                    references.stream().filter(reference -> !reference.optional()).toList();
            this.lookup = lookup;
            this.needed =
                    this.references.stream()
                            .collect(
                                    Collectors.groupingBy(
                                            Target::of,
                                            Collectors.flatMapping(
                                                    reference -> reference.keys().stream(),
                                                    Collectors.toSet())));
        }

        Stream<MissingObject> missing() {
            return references.stream().flatMap(reference -> missing(reference).stream());
        }

        private Optional<MissingObject> missing(ObjectReference reference) {
            return switch (known.computeIfAbsent(Target.of(reference), this::look)) {
                case Knowledge.Present present -> {
                    Set<String> lacking = new TreeSet<>(reference.keys());
                    lacking.removeAll(present.keys());
                    yield lacking.isEmpty()
                            ? Optional.empty()
                            : Optional.of(new MissingObject(reference, true, lacking));
                }
                case Knowledge.Absent _ ->
                        Optional.of(
                                new MissingObject(
                                        reference,
                                        false,
                                        needed.getOrDefault(Target.of(reference), Set.of())));
                case Knowledge.Unknown _ -> Optional.empty();
            };
        }

        private Knowledge look(Target target) {
            Optional<ObjectName> name = possibleName(target.name());
            if (name.isEmpty()) {
                return new Knowledge.Absent();
            }
            if (refused.contains(target.kind())
                    || lookups >= MOST_LOOKUPS
                    || System.nanoTime() - deadline > 0) {
                return new Knowledge.Unknown();
            }
            lookups++;
            try {
                return lookup.apply(target.kind(), name.get())
                        .<Knowledge>map(Knowledge.Present::new)
                        .orElseGet(Knowledge.Absent::new);
            } catch (GatewayException.ClusterRefused _) {
                refused.add(target.kind());
                return new Knowledge.Unknown();
            }
        }
    }

    private static Optional<ObjectName> possibleName(String name) {
        try {
            return Optional.of(new ObjectName(name));
        } catch (InvalidValueException _) {
            return Optional.empty();
        }
    }

    /// Whether an MLflow credential of this name would be all that the job needs.
    ///
    /// @return false if the object is there already, or needs keys that credentials do not have
    public boolean canBeCredential() {
        return !exists
                && reference.kind() == ObjectReference.Kind.SECRET
                && Stream.of(MlflowAccess.Kind.values())
                        .anyMatch(kind -> kind.keys().containsAll(keys));
    }

    /// The request that makes the MLflow credential of this name.
    ///
    /// @param workspace where it is missing
    /// @return the request in words, not a whole sentence
    public String credentialRequest(Workspace workspace) {
        return "PUT /api/v1/mlflow-credentials/"
                + reference.name()
                + "?workspace="
                + workspace
                + " and a JSON body with "
                + (keys.contains(MlflowAccess.TOKEN_KEY) ? "token" : "username and password");
    }

    /// Whether Kubernetes allows the object's name and the keys, so that somebody can make them.
    ///
    /// @return false if the job can only be helped by correcting its reference
    public boolean isPossible() {
        return possibleName(reference.name()).isPresent()
                && keys.stream().allMatch(key -> KEY.matcher(key).matches());
    }

    /// Whether interLink does not hand the job over to the HPC without it. It checks no key of a plain volume,
    /// and ignores Secrets in projected volumes.
    ///
    /// @return true if the job does not start
    public boolean holdsTheJob() {
        return switch (reference.use()) {
            case ENVIRONMENT -> true;
            case VOLUME -> !exists;
            case PROJECTED_VOLUME -> reference.kind() == ObjectReference.Kind.CONFIG_MAP;
        };
    }

    /// What is missing and what follows.
    ///
    /// @return one sentence
    public String message() {
        String object =
                "The "
                        + reference.kind()
                        + " \""
                        + Text.shown(reference.name(), LONGEST_NAME)
                        + "\" ";
        return object + (exists ? "has no " + shownKeys() : "does not exist") + consequence();
    }

    private String shownKeys() {
        return (keys.size() == 1 ? "key " : "keys ")
                + keys.stream()
                        .sorted()
                        .map(key -> "\"" + Text.shown(key, LONGEST_NAME) + "\"")
                        .collect(Collectors.joining(", "));
    }

    private String consequence() {
        if (!holdsTheJob()) {
            return ".";
        }
        return switch (reference.use()) {
            case ENVIRONMENT -> "; interLink waits for it and reports nothing.";
            case VOLUME -> "; interLink waits five minutes for it, then gives up.";
            case PROJECTED_VOLUME -> "; interLink does not start the job and reports nothing.";
        };
    }
}
