package io.interlinkgateway.history.store;

import io.interlinkgateway.event.JobObserver;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.history.MlflowLink;
import io.interlinkgateway.history.Observation;
import io.interlinkgateway.history.WorkspaceRedaction.Masks;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.Workspace;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A batch of observations as they are stored, with the secrets of their workspaces masked.
final class MaskedObservations {

    private static final Logger LOG = LoggerFactory.getLogger(MaskedObservations.class);

    /// After how long no more workspaces' credentials are read for a batch if one could not be read: the cluster may not
    /// respond at all.
    private static final Duration LONGEST_READING = Duration.ofSeconds(5);

    /// What masks the secrets of each workspace; empty if the gateway may not read them.
    private final Map<Workspace, Optional<Masks>> masks;

    private final Set<Workspace> unreadable;
    private final List<Observation> all;

    /// Reads the credentials of workspaces. Thread-safe.
    static final class Credentials {

        private final Function<Workspace, Masks> masks;

        /// The workspaces whose credentials may not be read, once that was logged.
        private final Set<Workspace> refusing = ConcurrentHashMap.newKeySet();

        /// @param masks masks the secrets of a workspace in what is stored
        Credentials(Function<Workspace, Masks> masks) {
            this.masks = masks;
        }

        /// @return empty if the gateway may not read the workspace's credentials
        /// @throws GatewayException.ClusterUnavailable if they can't be read now
        private Optional<Masks> read(Workspace workspace) {
            try {
                Masks known = masks.apply(workspace);
                refusing.remove(workspace);
                return Optional.of(known);
            } catch (GatewayException.ClusterRefused refused) {
                if (refusing.add(workspace)) {
                    LOG.warn(
                            "The history has jobs of the workspace {} without their definitions and"
                                    + " texts, because its credentials may not be read: {}",
                            workspace.value(),
                            refused.getMessage());
                }
                return Optional.empty();
            }
        }
    }

    /// Reads the credentials of the observations' workspaces.
    static MaskedObservations read(List<Observation> observations, Credentials credentials) {
        Map<Workspace, Optional<Masks>> masks = new HashMap<>();
        Set<Workspace> unreadable = new HashSet<>();
        long end = System.nanoTime() + LONGEST_READING.toNanos();
        for (Observation observation : observations) {
            Workspace workspace = observation.job().workspace();
            if (masks.containsKey(workspace) || unreadable.contains(workspace)) {
                continue;
            }
            if (!unreadable.isEmpty() && System.nanoTime() - end > 0) {
                unreadable.add(workspace);
                continue;
            }
            try {
                masks.put(workspace, credentials.read(workspace));
            } catch (GatewayException.ClusterUnavailable unavailable) {
                LOG.info(
                        "The jobs of the workspace {} can't be recorded now, because its"
                                + " credentials can't be read: {}",
                        workspace.value(),
                        unavailable.getMessage());
                unreadable.add(workspace);
            }
        }
        return new MaskedObservations(observations, masks, unreadable);
    }

    private MaskedObservations(
            List<Observation> observations,
            Map<Workspace, Optional<Masks>> masks,
            Set<Workspace> unreadable) {
        this.masks = Map.copyOf(masks);
        this.unreadable = Set.copyOf(unreadable);
        this.all =
                observations.stream()
                        .filter(one -> !unreadable.contains(one.job().workspace()))
                        .map(this::asStored)
                        .toList();
    }

    /// @return the workspaces whose secrets can't be masked now; nothing of them is stored
    Set<Workspace> unreadable() {
        return unreadable;
    }

    /// @return the observations of the other workspaces
    List<Observation> all() {
        return all;
    }

    /// What is compared must be the same as what is read from a row. Without masks, no text is stored that may have a
    /// secret.
    private Observation asStored(Observation observed) {
        Job job = observed.job();
        return new Observation(
                observed.version(),
                Times.stored(observed.seenAt()),
                StoredJob.of(
                                masksOf(job)
                                        .map(secrets -> secrets.masked(job))
                                        .orElseGet(() -> job.withTexts(_ -> "")))
                        .toJob(),
                observed.presence(),
                observed.origin());
    }

    private Optional<Masks> masksOf(Job job) {
        return masks.getOrDefault(job.workspace(), Optional.empty());
    }

    /// @param observation one of these
    /// @return what its job was created from
    StoredOrigin originOf(Observation observation) {
        Optional<Masks> found = masksOf(observation.job());
        if (found.isEmpty()) {
            return StoredOrigin.unknown(observation.job());
        }
        try {
            Masks secrets = found.get();
            JobObserver.Origin origin = observation.origin().get();
            return new StoredOrigin(
                    StoredText.compressed(
                            StoredDefinition.write(
                                    observation.job(), origin.definition(), secrets)),
                    StoredText.compressed(secrets.maskedYaml(origin.pod())),
                    origin.definition().containers(),
                    secrets.masked(MlflowLink.of(origin.definition())));
        } catch (RuntimeException defect) {
            // Its message can have values of the definition.
            LOG.warn(
                    "The definition of the job {} can't be read: {}",
                    observation.job().uid(),
                    defect.getClass().getSimpleName());
            return StoredOrigin.unknown(observation.job());
        }
    }
}
