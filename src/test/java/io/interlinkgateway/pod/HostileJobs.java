package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.interlinkgateway.definition.ImageDocument;
import io.interlinkgateway.definition.RequestedJob;
import io.interlinkgateway.definition.SlurmDocument;
import io.interlinkgateway.definition.SubmitJobRequest;
import io.interlinkgateway.job.GatewayException;
import io.interlinkgateway.job.InvalidValueException;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.PlacedJob;
import io.interlinkgateway.job.Workspace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Job specs with hostile texts in any field, made from a seed. About half of them are accepted, for a field is left
/// alone more often than not.
final class HostileJobs {

    private static final int OFTEN = 3;
    private static final int SELDOM = 12;

    static final String PRE_EXEC = "echo 'the pre-exec'; PRE=done";

    /// What acts somewhere on the way: in a shell, in sbatch, in the plugin, in the container runtime, in the gateway.
    private static final List<String> HOSTILE =
            List.of(
                    "; touch pwned",
                    ";id",
                    "|id",
                    "&",
                    "$(touch pwned)",
                    "`touch pwned`",
                    "\n#SBATCH --uid=0\n",
                    "\ntouch pwned\n",
                    "\r\ntouch pwned",
                    "\u2028#SBATCH --uid=0",
                    "\u0085touch pwned",
                    " && touch pwned",
                    "|touch pwned",
                    "&touch pwned&",
                    " > pwned",
                    "<(touch pwned)",
                    "'; touch pwned; '",
                    "\"; touch pwned; \"",
                    "'",
                    "\"",
                    "\\",
                    "\\\n",
                    "\t",
                    " ",
                    "  ",
                    "\u00a0",
                    "\0",
                    "\ud800",
                    "#",
                    " # ",
                    "${IFS}touch${IFS}pwned",
                    "$HOME",
                    "${PRE}",
                    "$$",
                    "$(A)",
                    "$((1+1))",
                    "{a,b}",
                    "*",
                    "?",
                    "[a-z]",
                    "~",
                    "~root",
                    "!!",
                    "=",
                    ",",
                    ":",
                    "-",
                    "--",
                    " -- ",
                    " --wrap=id",
                    " --wrap id",
                    " -o /x",
                    "-D/x",
                    " --outpu=/x",
                    " --export=BASH_ENV=/x",
                    " --uid=0",
                    " --env-file",
                    " --bind",
                    " --bind /",
                    " /x.sif",
                    " -B",
                    " -eB /a",
                    "@IMAGE@",
                    "@SOURCE@",
                    "# interlink-gateway: the image is there\n",
                    "EOF\n",
                    "<<EOF",
                    "\u00e9\u20ac\ud83d\ude00",
                    "a".repeat(300));

    private final Random random;

    HostileJobs(long seed) {
        this.random = new Random(seed);
    }

    /// A job that was accepted, and what becomes of it.
    ///
    /// @param spec what the caller wrote
    /// @param pod what the plugin gets to see
    record Accepted(JobSpec spec, Pod pod) {}

    /// @return nothing if the job was refused in the way that refusals are declared
    Optional<Accepted> next() {
        try {
            RequestedJob requested = request().toRequestedJob();
            JobSpec spec = (JobSpec) requested.definition();
            Pod pod =
                    PodTranslation.podFor(
                            new PlacedJob(
                                    requested.name().orElse(new JobName("job")),
                                    new Workspace("default"),
                                    requested.node(),
                                    spec,
                                    Optional.empty()));
            return Optional.of(new Accepted(spec, expanded(pod)));
        } catch (GatewayException.Rejected | InvalidValueException refused) {
            return Optional.empty();
        }
    }

    private SubmitJobRequest request() {
        boolean pulled = random.nextBoolean();
        return new SubmitJobRequest(
                random.nextInt(3) == 0 ? text("job", SELDOM) : null,
                text("vega-new-vk", SELDOM),
                new ImageDocument(
                        text("/nowhere/images/a.sif", SELDOM),
                        pulled ? text("docker://a/b:1", SELDOM) : null),
                random.nextInt(3) == 0 ? null : texts(() -> text("/bin/sh", OFTEN)),
                texts(() -> text("-c", OFTEN)),
                map(() -> text("V_" + random.nextInt(9), SELDOM), () -> text("value", OFTEN)),
                random.nextInt(4) == 0
                        ? new SubmitJobRequest.Mlflow(
                                text("mlflow-server", SELDOM),
                                text("https://mlflow.example.org/", SELDOM))
                        : null,
                new SubmitJobRequest.Resources(
                        Map.of("cpu", text("4", SELDOM), "memory", text("1Gi", SELDOM)), null),
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
                        random.nextInt(3) == 0 ? text("PT55M", SELDOM) : null,
                        optional("gn42"),
                        random.nextBoolean() ? text("--hint=nomultithread -c 4", OFTEN) : null),
                random.nextInt(4) == 0 ? PRE_EXEC : null,
                new SubmitJobRequest.Singularity(
                        random.nextBoolean() ? texts(() -> text("/a:/b", SELDOM)) : null,
                        random.nextBoolean() ? text("--nv --env A=b -B /c", OFTEN) : null),
                map(() -> text("label", SELDOM), () -> text("value", SELDOM)));
    }

    private @Nullable String optional(String value) {
        return random.nextInt(5) == 0 ? text(value, SELDOM) : null;
    }

    /// @param calm of so many one is hostile
    private String text(String usual, int calm) {
        if (random.nextInt(calm) != 0) {
            return usual;
        }
        StringBuilder text = new StringBuilder(usual);
        for (int count = random.nextInt(5) / 3; count >= 0; count--) {
            text.insert(
                    random.nextInt(3) == 0 ? random.nextInt(text.length() + 1) : text.length(),
                    HOSTILE.get(random.nextInt(HOSTILE.size())));
        }
        return text.toString();
    }

    private List<String> texts(Supplier<String> text) {
        List<String> texts = new ArrayList<>();
        for (int count = random.nextInt(4); count > 0; count--) {
            texts.add(text.get());
        }
        return texts;
    }

    private Map<String, String> map(Supplier<String> name, Supplier<String> value) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int count = random.nextInt(3); count > 0; count--) {
            map.put(name.get(), value.get());
        }
        return map;
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
