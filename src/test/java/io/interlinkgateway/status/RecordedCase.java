package io.interlinkgateway.status;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.MissingObject;
import io.interlinkgateway.job.ObjectReference;
import io.interlinkgateway.pod.MetadataNames;
import io.interlinkgateway.record.JobRecord;
import io.interlinkgateway.record.SplitLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// A job as it was recorded: each state of its pod, its logs at the end, and what SLURM said of it.
///
/// @param name the recording's
/// @param pods the pod at each step, without its removal
/// @param logs at the end, by container
/// @param slurm `scontrol show job` at the end, if SLURM had it
public record RecordedCase(
        String name, List<Pod> pods, Map<String, String> logs, Optional<String> slurm) {

    public static final Instant NOW = Instant.parse("2026-11-24T09:00:00Z");

    private static final Pattern EXIT_CODE = Pattern.compile("ExitCode=(\\d+):(\\d+)");

    public static List<RecordedCase> all() {
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/recordings"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".json"))
                    .map(file -> file.replace(".json", ""))
                    .sorted()
                    .filter(name -> Recordings.read(name).has("transitions"))
                    .map(RecordedCase::of)
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public static RecordedCase of(String name) {
        JsonNode recording = Recordings.read(name);
        List<Pod> pods =
                recording
                        .required("transitions")
                        .valueStream()
                        .filter(step -> !step.required("type").stringValue().equals("DELETED"))
                        .map(step -> Recordings.pod(step.required("pod")))
                        .toList();
        JsonNode slurm = recording.required("slurm").path("scontrol");
        return new RecordedCase(
                name,
                pods,
                logs(pods.getLast(), recording.required("log").stringValue()),
                slurm.isString() ? Optional.of(slurm.stringValue()) : Optional.empty());
    }

    /// `kubectl logs --all-containers` gave those of several containers one after the other; in
    /// `init-and-two` the order was side, prepare, c.
    private static Map<String, String> logs(Pod pod, String log) {
        Map<String, String> logs = new LinkedHashMap<>();
        if (!pod.getMetadata().getName().equals("init-and-two")) {
            logs.put(pod.getSpec().getContainers().getFirst().getName(), log);
            return logs;
        }
        int second = log.indexOf("This pod init-and-two/", 1);
        int third = log.indexOf("This pod init-and-two/", second + 1);
        logs.put("c", log.substring(third));
        logs.put("side", log.substring(0, second));
        logs.put("prepare", log.substring(second, third));
        return logs;
    }

    /// The pod at the end. Only `deleted-running` was deleted for the recording's sake, the others to tidy up.
    public Pod last() {
        return name.equals("deleted-running")
                ? pods.getLast()
                : pods.reversed().stream()
                        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                        .findFirst()
                        .orElseThrow();
    }

    /// What a gateway finds in the logs at the end.
    Optional<JobRecord> record() {
        try {
            return JobRecord.ofContainers(
                    containers(),
                    container -> SplitLog.of(last(), container, log(container)).record());
        } catch (IOException | InterruptedException failure) {
            throw new IllegalStateException("A recorded log is read from memory.", failure);
        }
    }

    public String log(String container) {
        return Objects.requireNonNull(logs.get(container));
    }

    public static Pod with(Pod pod, Optional<JobRecord> record) {
        if (record.isEmpty() || PodReading.recordNeed(pod, Optional.empty()) != RecordNeed.SEARCH) {
            return pod;
        }
        // spotless:off
        return new PodBuilder(pod)
                .editMetadata()
                    .addToAnnotations(
                            MetadataNames.JOB_RECORD,
                            PodReading.recordAnnotation(pod, record.get()))
                .endMetadata()
                .build();
        // spotless:on
    }

    /// What the case `secret-missing` waits for.
    static final MissingObject ABSENT =
            new MissingObject(
                    new ObjectReference(
                            ObjectReference.Kind.SECRET,
                            "absent",
                            Set.of("password"),
                            false,
                            ObjectReference.Use.ENVIRONMENT,
                            "spec.containers[0].env[0].valueFrom.secretKeyRef"),
                    false,
                    Set.of("password"));

    Job jobAtTheEnd() {
        Pod pod = with(last(), record());
        return PodReading.jobFrom(
                pod,
                new ClusterFacts(
                        NOW,
                        name.equals("secret-missing") ? Optional.of(ABSENT) : Optional.empty(),
                        Optional.empty()));
    }

    String slurmState() {
        return slurm.map(text -> field(text, "JobState")).orElse("not submitted");
    }

    /// The exit code that SLURM has, if the job's script ended by itself.
    Optional<Integer> slurmExitCode() {
        return slurm.map(EXIT_CODE::matcher)
                .filter(Matcher::find)
                .filter(code -> code.group(2).equals("0"))
                .map(code -> Integer.valueOf(code.group(1)));
    }

    Optional<Instant> slurmTime(String field) {
        return slurm.map(text -> Instant.parse(field(text, field) + "Z"));
    }

    private static String field(String text, String field) {
        Matcher found = Pattern.compile("\\b" + field + "=(\\S+)").matcher(text);
        return found.find() ? found.group(1) : "";
    }

    List<String> containers() {
        return pods.getLast().getSpec().getContainers().stream().map(Container::getName).toList();
    }

    @Override
    public String toString() {
        return name;
    }
}
