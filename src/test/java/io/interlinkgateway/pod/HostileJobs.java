package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.NamedJob;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.representation.ImageDocument;
import io.interlinkgateway.representation.RequestedJob;
import io.interlinkgateway.representation.SlurmDocument;
import io.interlinkgateway.representation.SubmitJobRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Job specs with hostile texts in any field, made from a seed. About half of them are accepted, for a field is left
/// alone more often than not.
final class HostileJobs {

    private static final int OFTEN = 3;
    private static final int SELDOM = 12;

    static final String PRE_EXEC = "echo 'the pre-exec'; PRE=done";

    private final Random random;
    private final HostileTexts texts;

    HostileJobs(long seed) {
        this.random = new Random(seed);
        this.texts = new HostileTexts(random);
    }

    /// A job that was accepted, and what becomes of it.
    ///
    /// @param spec what the caller wrote
    /// @param pod what the plugin gets to see
    record Accepted(JobSpec spec, Pod pod) {}

    /// @return nothing if the job was refused in the way that refusals are declared
    Optional<Accepted> next() {
        try {
            RequestedJob requested = request().toRequestedJob(List.of());
            JobSpec spec = (JobSpec) requested.definition();
            Pod pod =
                    PodTranslation.translate(
                                    new NamedJob(
                                            requested.name().orElse(new JobName("job")),
                                            new Workspace("default"),
                                            requested.node(),
                                            spec,
                                            Optional.empty(),
                                            Optional.empty()))
                            .orReject()
                            .pod();
            return Optional.of(new Accepted(spec, expanded(pod)));
        } catch (GatewayException.Rejected | InvalidValueException refused) {
            return Optional.empty();
        }
    }

    private SubmitJobRequest request() {
        boolean pulled = random.nextBoolean();
        return new SubmitJobRequest(
                random.nextInt(3) == 0 ? texts.text("job", SELDOM) : null,
                texts.text("vega-new-vk", SELDOM),
                new ImageDocument(
                        texts.text("/nowhere/images/a.sif", SELDOM),
                        pulled ? texts.text("docker://a/b:1", SELDOM) : null),
                random.nextInt(3) == 0 ? null : texts.list(() -> texts.text("/bin/sh", OFTEN)),
                texts.list(() -> texts.text("-c", OFTEN)),
                texts.map(
                        () -> texts.text("V_" + random.nextInt(9), SELDOM),
                        () -> texts.text("value", OFTEN)),
                random.nextInt(4) == 0
                        ? new SubmitJobRequest.Mlflow(
                                texts.text("mlflow-server", SELDOM),
                                texts.text("https://mlflow.example.org/", SELDOM))
                        : null,
                new SubmitJobRequest.Resources(
                        Map.of("cpu", texts.text("4", SELDOM), "memory", texts.text("1Gi", SELDOM)),
                        null),
                new SlurmDocument(
                        optional("gpu"),
                        optional("st2301"),
                        optional("normal"),
                        optional("r"),
                        optional("a&b"),
                        optional("gpu:1"),
                        null,
                        null,
                        null,
                        random.nextInt(3) == 0 ? texts.text("PT55M", SELDOM) : null,
                        optional("gn42"),
                        random.nextBoolean()
                                ? texts.text("--hint=nomultithread -c 4", OFTEN)
                                : null),
                random.nextInt(4) == 0 ? PRE_EXEC : null,
                new SubmitJobRequest.Singularity(
                        random.nextBoolean() ? texts.list(() -> texts.text("/a:/b", SELDOM)) : null,
                        random.nextBoolean() ? texts.text("--nv --env A=b -B /c", OFTEN) : null),
                texts.map(() -> texts.text("label", SELDOM), () -> texts.text("value", SELDOM)),
                null);
    }

    private @Nullable String optional(String value) {
        return random.nextInt(5) == 0 ? texts.text(value, SELDOM) : null;
    }

    /// As the virtual kubelet fills the variables in.
    private static Pod expanded(Pod pod) {
        Pod filled = new PodBuilder(pod).build();
        filled.getSpec()
                .getContainers()
                .getFirst()
                .getEnv()
                .forEach(variable -> {
                    variable.setValue(
                            variable.getValueFrom() == null
                                    ? EnvironmentEncodingTests.expanded(
                                            variable.getValue(), Map.of("A", "leaked"))
                                    : "; touch pwned '$(touch pwned)");
                    variable.setValueFrom(null);
                });
        return filled;
    }
}
