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

/// A Secret or ConfigMap that a job refers to and that does not exist or has no such key.
///
/// @param reference the place that refers to it
/// @param exists whether the object exists and only keys are missing
/// @param keys the missing keys: if the object exists, those of this reference that it does not have; else all keys
///     that the job uses of it
public record MissingObject(ObjectReference reference, boolean exists, Set<String> keys) {

    /// The maximum number of objects that are looked up for one job. Further objects are assumed to exist.
    public static final int MAX_LOOKUPS = 50;

    /// The time limit for the lookups of one job.
    private static final Duration SEARCH_TIMEOUT = Duration.ofSeconds(2);

    private static final int LONGEST_NAME = 253;
    private static final Pattern KEY = Pattern.compile("[-._a-zA-Z0-9]{1,253}");

    /// Copies the keys.
    public MissingObject {
        keys = Set.copyOf(keys);
    }

    /// Finds missing objects, except those of optional references. Each object is looked up once, when the stream
    /// reaches it. Objects that the gateway may not read are assumed to exist, and so are those that remain after
    /// [#MAX_LOOKUPS] lookups or two seconds.
    ///
    /// @param references all references of a job
    /// @param lookup finds an object's keys, see [WorkspaceObjects#find]
    /// @return the missing objects in the order of the references. The stream throws
    ///     [GatewayException.ClusterUnavailable] if a lookup does
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

    /// What is known about an object.
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
        private final long deadline = System.nanoTime() + SEARCH_TIMEOUT.toNanos();
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
            return switch (known.computeIfAbsent(Target.of(reference), this::lookUp)) {
                case Knowledge.Present present -> {
                    Set<String> missing = new TreeSet<>(reference.keys());
                    missing.removeAll(present.keys());
                    yield missing.isEmpty()
                            ? Optional.empty()
                            : Optional.of(new MissingObject(reference, true, missing));
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

        private Knowledge lookUp(Target target) {
            Optional<ObjectName> name = possibleName(target.name());
            if (name.isEmpty()) {
                return new Knowledge.Absent();
            }
            if (refused.contains(target.kind())
                    || lookups >= MAX_LOOKUPS
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

    /// Whether creating an MLflow credential with this name would be sufficient.
    ///
    /// @return false if the object exists already, or needs keys that credentials do not have
    public boolean canBeCredential() {
        return !exists
                && reference.kind() == ObjectReference.Kind.SECRET
                && Stream.of(MlflowAccess.Kind.values())
                        .anyMatch(kind -> kind.keys().containsAll(keys));
    }

    /// The request that creates the MLflow credential with this name.
    ///
    /// @param workspace the job's workspace
    /// @return a description of the request, as a part of a sentence
    public String credentialRequest(Workspace workspace) {
        return "PUT /api/v1/mlflow-credentials/"
                + reference.name()
                + "?workspace="
                + workspace
                + " and a JSON body with "
                + (keys.contains(MlflowAccess.TOKEN_KEY) ? "token" : "username and password");
    }

    /// Whether Kubernetes allows the object's name and the keys, so that it can be created.
    ///
    /// @return false if the reference must be corrected
    public boolean isPossible() {
        return possibleName(reference.name()).isPresent()
                && keys.stream().allMatch(key -> KEY.matcher(key).matches());
    }

    /// Whether interLink does not submit the job to the HPC without the object. It does not check the keys of plain
    /// volumes, and ignores Secrets in projected volumes.
    ///
    /// @return true if the job does not start without it
    public boolean holdsTheJob() {
        return switch (reference.use()) {
            case ENVIRONMENT -> true;
            case VOLUME -> !exists;
            case PROJECTED_VOLUME -> reference.kind() == ObjectReference.Kind.CONFIG_MAP;
        };
    }

    /// Describes what is missing and the consequence.
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
