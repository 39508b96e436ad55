package io.interlinkgateway.replay;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.interlinkgateway.bench.Slurm;
import io.interlinkgateway.bench.VirtualNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Where a case is replayed: an HPC, a virtual node on it and a namespace, all of its own.
final class ReplayEnvironment implements AutoCloseable {

    /// SLURM's names of states that a job does not leave.
    private static final Set<String> FINAL =
            Set.of("COMPLETED", "FAILED", "TIMEOUT", "CANCELLED", "NODE_FAIL", "OUT_OF_MEMORY");

    private final KubernetesClient client;
    private final String nodeName;
    private final String namespace;
    private final Slurm slurm;
    private final VirtualNode node;
    private final Normalizer likeness;

    /// @param name of the case
    /// @param slurm that the stage closes
    ReplayEnvironment(KubernetesClient client, String name, Slurm slurm) {
        this.client = client;
        this.nodeName = "replay-" + name;
        this.namespace = nodeName + "-" + UUID.randomUUID().toString().substring(0, 8);
        this.slurm = slurm;
        try {
            this.node = VirtualNode.start(nodeName, slurm);
        } catch (RuntimeException | Error failure) {
            slurm.close();
            throw failure;
        }
        this.likeness = new Normalizer(namespace, nodeName, node.folder(nodeName));
        // spotless:off
        client.resource(new NamespaceBuilder()
                .withNewMetadata().withName(namespace).endMetadata().build()).create();
        // spotless:on
        soon(() ->
                client.serviceAccounts().inNamespace(namespace).withName("default").get() != null);
    }

    Slurm slurm() {
        return slurm;
    }

    VirtualNode node() {
        return node;
    }

    String nodeName() {
        return nodeName;
    }

    String namespace() {
        return namespace;
    }

    Normalizer likeness() {
        return likeness;
    }

    void createSecret(String name, String key, String value) {
        // spotless:off
        client.resource(new io.fabric8.kubernetes.api.model.SecretBuilder()
                .withNewMetadata().withName(name).withNamespace(namespace).endMetadata()
                .addToStringData(key, value).build()).create();
        // spotless:on
    }

    JsonNode nodeObject() {
        return Recording.JSON.readTree(client.raw("/api/v1/nodes/" + nodeName));
    }

    /// Takes `node1` down: its jobs fail.
    void nodeDown() {
        slurm.run("scontrol", "update", "nodename=node1", "state=down", "reason=replay");
    }

    /// Brings it back, unless it is back already.
    void nodeUp() {
        if (slurm.run("scontrol", "show", "node", "node1").contains("State=DOWN")) {
            slurm.run("scontrol", "update", "nodename=node1", "state=resume");
        }
    }

    /// From now on the virtual kubelet sees only what [#release] shows it.
    void hold() {
        node.hold(nodeName);
    }

    void release() {
        node.release(nodeName);
    }

    /// @return what there is to see, for people
    String evidence() {
        return slurm.run("squeue", "-a", "--states=all", "-O", "JobID,State,exit_code,Reason")
                + slurm.run("sinfo", "-N")
                + client.raw("/api/v1/namespaces/" + namespace + "/pods")
                + "\n"
                + node.log();
    }

    Replay submit(JsonNode recordedPod) {
        return new Replay(recordedPod);
    }

    static void soon(BooleanSupplier condition) {
        within(Duration.ofSeconds(60), condition);
    }

    static void within(Duration limit, BooleanSupplier condition) {
        await().atMost(limit).pollInterval(Duration.ofMillis(50)).until(condition::getAsBoolean);
    }

    /// A pod of a recording, submitted again.
    final class Replay {

        private final JsonNode pod;
        private final String name;
        private final OpenResponse watch;

        private Replay(JsonNode recordedPod) {
            this.pod = Normalizer.forReplay(recordedPod, nodeName);
            this.name = pod.at("/metadata/name").asString();
            this.watch =
                    new OpenResponse(
                            client, path() + "?watch=true&fieldSelector=metadata.name%3D" + name);
            client.resource(Serialization.unmarshal(pod.toString(), Pod.class))
                    .inNamespace(namespace)
                    .create();
            soon(() -> !events().isEmpty());
        }

        private String path() {
            return "/api/v1/namespaces/" + namespace + "/pods";
        }

        /// @return all that the watch said, in the likeness of a recording; what differs from what was said before
        ///     only in times and ids (the scheduler's repeats) is left out
        List<JsonNode> transitions() {
            List<JsonNode> all = new ArrayList<>();
            for (JsonNode event : events()) {
                var step = Recording.JSON.createObjectNode();
                step.set("type", event.required("type"));
                step.set("pod", likeness.replayed(event.required("object")));
                if (all.isEmpty() || !all.getLast().equals(step)) {
                    all.add(step);
                }
            }
            return all;
        }

        private List<JsonNode> events() {
            String text = watch.text();
            return text.substring(0, text.lastIndexOf('\n') + 1)
                    .lines()
                    .map(Recording.JSON::readTree)
                    .toList();
        }

        private JsonNode latest() {
            return events().getLast().required("object");
        }

        String jobId() {
            return latest().at("/metadata/annotations/JobID").asString("");
        }

        private String uid() {
            return latest().at("/metadata/uid").asString();
        }

        /// @return the job's folder on the HPC
        Path folder() {
            return node.folder(nodeName).resolve("jobs/" + namespace + "-" + uid());
        }

        /// @return the job's number, once it has one
        String awaitJobId() {
            soon(() -> !jobId().isEmpty());
            return jobId();
        }

        void awaitPhase(String... phases) {
            within(
                    Duration.ofMinutes(4),
                    () -> List.of(phases).contains(latest().at("/status/phase").asString()));
        }

        /// Waits until interLink reports an end, or can't any more.
        void awaitEnd() {
            within(
                    Duration.ofMinutes(4),
                    () ->
                            List.of("Succeeded", "Failed")
                                            .contains(latest().at("/status/phase").asString())
                                    || diedWritingExitCode());
        }

        /// @return whether SLURM killed the shell after it had created the file for the container's exit code and before
        ///     it had written that. The plugin can't read an empty file, and interLink's status does not change any more
        boolean diedWritingExitCode() {
            Path status = folder().resolve("run-c.status");
            try {
                return Files.exists(status)
                        && Files.size(status) == 0
                        && FINAL.contains(jobState());
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        void awaitTransitions(int count) {
            within(Duration.ofMinutes(4), () -> transitions().size() >= count);
        }

        boolean staysAt(int transitions, Duration duration) {
            await().during(duration)
                    .atMost(duration.plusSeconds(5))
                    .until(() -> transitions().size() == transitions);
            return true;
        }

        void delete() {
            client.pods().inNamespace(namespace).withName(name).delete();
        }

        /// Waits until the pod is on its way out.
        void awaitDeletion() {
            soon(() -> latest().at("/metadata").has("deletionTimestamp"));
        }

        /// Waits until the pod is gone.
        void awaitDeleted() {
            within(
                    Duration.ofSeconds(60),
                    () -> events().getLast().required("type").asString().equals("DELETED"));
        }

        /// @return the job's state of the moment, in SLURM's words
        String jobState() {
            return slurmSays("JobState");
        }

        /// @param field as `scontrol show job` names it
        String slurmSays(String field) {
            Matcher found =
                    Pattern.compile("\\b" + field + "=(\\S+)")
                            .matcher(slurm.run("scontrol", "show", "job", awaitJobId()));
            return found.find() ? found.group(1) : "";
        }

        void awaitJobState(String state) {
            within(Duration.ofMinutes(4), () -> jobState().equals(state));
        }

        void awaitJobEnd() {
            within(Duration.ofMinutes(4), () -> FINAL.contains(jobState()));
        }

        /// @return each container's log, init containers' first
        List<String> logs(String options) {
            return Stream.of("initContainers", "containers")
                    .flatMap(kind -> pod.required("spec").path(kind).valueStream())
                    .map(container -> log(container.required("name").asString(), options))
                    .toList();
        }

        private String log(String container, String options) {
            try {
                return client.raw(logPath(container) + options);
            } catch (KubernetesClientException failure) {
                return "failed: " + failure.getStatus().getMessage();
            }
        }

        private String logPath(String container) {
            return path()
                    + "/"
                    + name
                    + "/log?insecureSkipTLSVerifyBackend=true&container="
                    + container;
        }

        OpenResponse follow(String container) {
            return new OpenResponse(client, logPath(container) + "&follow=true");
        }

        void end() {
            watch.close();
        }
    }

    @Override
    public void close() {
        client.namespaces().withName(namespace).delete();
        node.close();
        slurm.close();
    }
}
