package io.interlinkgateway.sandbox;

import io.interlinkgateway.credential.CredentialKeys;
import io.interlinkgateway.credential.CredentialSummary;
import io.interlinkgateway.credential.Credentials;
import io.interlinkgateway.credential.MlflowCredential;
import io.interlinkgateway.job.CredentialName;
import io.interlinkgateway.job.MissingObject;
import io.interlinkgateway.job.ObjectName;
import io.interlinkgateway.job.ObjectReference.Kind;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.job.WorkspaceObjects;
import io.interlinkgateway.sandbox.node.SecretStore;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Credentials in memory. They are the only Secrets of the sandbox; it has no ConfigMaps.
public final class SandboxCredentials implements Credentials, WorkspaceObjects, SecretStore {

    private record Entry(CredentialName name, MlflowCredential credential, Instant createdAt) {
        CredentialSummary summary() {
            return new CredentialSummary(
                    name,
                    credential.kind(),
                    credential.login().user(),
                    credential.trackingUri(),
                    createdAt,
                    "gateway");
        }
    }

    private final Map<Workspace, TreeMap<String, Entry>> workspaces = new HashMap<>();
    private final Clock clock;
    private long version;

    SandboxCredentials(Clock clock) {
        this.clock = clock;
    }

    @Override
    public synchronized Stored put(
            Workspace workspace, CredentialName name, MlflowCredential credential) {
        Optional<Entry> previous = entry(workspace, name.value());
        Instant createdAt =
                previous.map(Entry::createdAt)
                        .orElseGet(() -> clock.instant().truncatedTo(ChronoUnit.SECONDS));
        Entry entry = new Entry(name, credential, createdAt);
        workspaces.computeIfAbsent(workspace, _ -> new TreeMap<>()).put(name.value(), entry);
        version++;
        notifyAll();
        return new Stored(entry.summary(), previous.isEmpty());
    }

    @Override
    public synchronized List<CredentialSummary> list(Workspace workspace) {
        return workspaces.getOrDefault(workspace, new TreeMap<>()).values().stream()
                .map(Entry::summary)
                .toList();
    }

    @Override
    public synchronized Optional<CredentialSummary> find(Workspace workspace, CredentialName name) {
        return entry(workspace, name.value()).map(Entry::summary);
    }

    @Override
    public synchronized Optional<MlflowCredential> reveal(
            Workspace workspace, CredentialName name) {
        return entry(workspace, name.value()).map(Entry::credential);
    }

    @Override
    public synchronized Set<String> passwordForms(Workspace workspace, Set<CredentialName> names) {
        return passwordForms(
                names.stream().flatMap(name -> entry(workspace, name.value()).stream()));
    }

    @Override
    public synchronized Set<String> passwordForms(Workspace workspace) {
        return passwordForms(workspaces.getOrDefault(workspace, new TreeMap<>()).values().stream());
    }

    private static Set<String> passwordForms(Stream<Entry> entries) {
        return entries.flatMap(entry -> entry.credential().login().secretForms())
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public synchronized boolean delete(Workspace workspace, CredentialName name) {
        TreeMap<String, Entry> entries = workspaces.get(workspace);
        return entries != null && entries.remove(name.value()) != null;
    }

    @Override
    public synchronized Optional<Map<String, String>> secret(Workspace workspace, String name) {
        return entry(workspace, name).map(entry -> CredentialKeys.of(entry.credential().login()));
    }

    @Override
    public Optional<Set<String>> find(Workspace workspace, Kind kind, ObjectName name) {
        return switch (kind) {
            case SECRET -> secret(workspace, name.value()).map(Map::keySet);
            case CONFIG_MAP -> Optional.empty();
        };
    }

    @Override
    public String hint(Workspace workspace, MissingObject missing) {
        return switch (missing.reference().kind()) {
            case SECRET ->
                    missing.canBeCredential()
                            ? "Create it with " + missing.credentialRequest(workspace) + "."
                            : "The sandbox's Secrets are its MLflow credentials: refer to their"
                                    + " keys username and password, or mlflow-token, mark the"
                                    + " reference as optional, or try the job on a cluster.";
            case CONFIG_MAP ->
                    "The sandbox has no ConfigMaps: mark the reference as optional, or try the job"
                            + " on a cluster.";
        };
    }

    @Override
    public synchronized long version() {
        return version;
    }

    @Override
    public synchronized boolean awaitChangeAfter(long seen, long deadline)
            throws InterruptedException {
        while (version == seen) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }

    private Optional<Entry> entry(Workspace workspace, String name) {
        return Optional.ofNullable(workspaces.get(workspace)).map(entries -> entries.get(name));
    }
}
