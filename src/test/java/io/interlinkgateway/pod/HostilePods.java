package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.NamedJob;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.representation.PodDocument;
import io.interlinkgateway.representation.RequestedJob;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/// A caller's own pods with what is read differently by the plugin, by sbatch, by a shell and by the container runtime,
/// made from a seed.
final class HostilePods {

    /// Texts before the job script, by what they print. What is left open swallows the job script.
    static final Map<String, String> PRE_EXECS =
            Map.of(
                    HostileJobs.PRE_EXEC,
                    "the pre-exec\n",
                    "echo one\necho two\n",
                    "one\ntwo\n",
                    "A=$(echo one); echo \"$A\"",
                    "one\n",
                    "read -r line <<'END'\nabc\nEND\necho \"$line\"",
                    "abc\n",
                    "read -r line <<EOF\nabc",
                    "",
                    "if true; then\n  echo one",
                    "one\n",
                    "echo 'one",
                    "one\n",
                    "(echo one",
                    "one\n",
                    "echo one \\",
                    "one\n");

    private static final int OFTEN = 6;
    private static final int SELDOM = 25;

    private static final List<String> OPTIONS =
            List.of(
                    "-p gpu",
                    "--partition=gpu",
                    "-p cpu",
                    "-t 60",
                    "--time=0:55:00",
                    "--time 1-0",
                    "--gres=gpu:1",
                    "--gres gpu:2",
                    "--nodes=1",
                    "-N 1",
                    "--ntasks=2",
                    "-n 2",
                    "--mem=4G",
                    "--mem 900G",
                    "-c 4",
                    "--cpus-per-task=4",
                    "--hold",
                    "-A st2301",
                    "--constraint=a&b",
                    "--exclusive",
                    "--gpus=1",
                    "--gpus-per-node=1");

    private static final List<String> ODD_OPTIONS =
            List.of(
                    "-Oo/tmp/pwned.out",
                    "-Oa0-999",
                    "-OD/tmp",
                    "-Oi/etc/passwd",
                    "-OW",
                    "-Opgpu",
                    "-st7-0",
                    "-OG2",
                    "-Hpgpu",
                    "-O",
                    "-s",
                    "-c8",
                    "-pgpu",
                    "-t60",
                    "-N2",
                    "-n4",
                    "-G2",
                    "-a0-9",
                    "-o/x",
                    "-p=gpu",
                    "-t=60",
                    "-c=8",
                    "--part=gpu",
                    "--tim=60",
                    "--cpus-per-t=8",
                    "--gpus-per-t=1",
                    "--outpu=/x",
                    "--output=/x",
                    "--array=0-9",
                    "--job-name=x",
                    "--wrap=id",
                    "--uid=0",
                    "--gress=gpu:1",
                    "--partion=gpu",
                    "--no-such",
                    "--mem=0",
                    "--mem-per-cpu=2000",
                    "--mem-per-gpu=1G",
                    "--cpus-per-gpu=8",
                    "--gpus-per-task=1",
                    "--gpus-per-socket=1",
                    "--ntasks-per-gpu=1",
                    "--ntasks-per-tres=1",
                    "--ntasks-per-node=2",
                    "--tasks-per-node=2",
                    "--tasks=4",
                    "--sockets-per-node=2",
                    "--dependency=afterok:1?afterany:2",
                    "--gres=none",
                    "--gres=tmpdisk:1T",
                    "--gres=craynetwork:0",
                    "--export=NONE,/etc:/mnt,",
                    "--comment=\"two words\"",
                    "--comment='a\n#SBATCH --uid=0'",
                    "--comment=a\\",
                    "'--hold'",
                    "' --hold'",
                    "--time='60'",
                    "word",
                    "#",
                    "--");

    private static final List<String> BLANKS =
            List.of("  ", "\t", "\n", "\u2003", "\u0085", "\u2028");

    private static final List<String> CPUS =
            List.of("1", "4", "500m", "1500m", "0.5", "0", "1e1", "100u", "3.0");

    private static final List<String> MEMORIES =
            List.of(
                    "1Gi",
                    "256Mi",
                    "1500M",
                    "1.1Gi",
                    "1.5Gi",
                    "0.3Gi",
                    "100k",
                    "512",
                    "0",
                    "400m",
                    "1024000m",
                    "2e9",
                    "1Ti");

    private static final List<String> IMAGES =
            List.of(
                    "/nowhere/images/a.sif",
                    "/nowhere/images/a.sif",
                    "docker://a/b:1",
                    "ghcr.io/a/b:1",
                    "oras://a/b:1",
                    "/nowhere/images@evil/x.sif",
                    "a",
                    "-B");

    private static final List<String> MOUNT_PATHS =
            List.of(
                    "/data",
                    "/data",
                    "/data/",
                    "/x,/etc:/mnt",
                    "/x:ro",
                    "/x:/y",
                    "/$HOME",
                    "/a/../..",
                    "/a b",
                    "/x;touch pwned",
                    "/x\n",
                    "relative",
                    "/$SLURM_EXPORT_ENV");

    private static final List<String> MOUNTS =
            List.of(
                    "--bind /nowhere/a:/b",
                    "--bind /nowhere/a",
                    "--bind=/nowhere/a:/b,/nowhere/c:/d:ro",
                    "-B /nowhere/a:/b:rw --bind /nowhere/c",
                    "--bind /nowhere/a:/b\n",
                    "\n--bind /nowhere/a:/b",
                    "-eB /nowhere/a",
                    "--nv --bind /nowhere/a:/b",
                    "--bind /nowhere/a:/b /x.sif",
                    "--bind /nowhere/a/$SLURM_EXPORT_ENV",
                    "--bind\u2003/nowhere/a:/b");

    private static final List<String> RUNTIME_OPTIONS =
            List.of(
                    "--nv",
                    "--no-home --env A=b",
                    "--nv\u2003",
                    "--nv\u3000--no-home",
                    "--nv\r",
                    "--nv\u000b",
                    "--nv\u001c",
                    "--nv\n",
                    "--nv  --cleanenv",
                    "--env=A=b",
                    "-e",
                    "--no-eval",
                    "--bind /etc:/mnt",
                    "--nv ; touch pwned");

    private static final List<List<String>> OTHER_ANNOTATIONS =
            List.of(
                    List.of("slurm-job.vk.io/image-root", "docker://"),
                    List.of("slurm-job.vk.io/image-root", "oras://"),
                    List.of("slurm-job.vk.io/image-root", "/nowhere/images/"),
                    List.of("slurm-job.vk.io/image-root", "--bind /etc:/mnt docker://"),
                    List.of("slurm-job.vk.io/flavor", "high-io"),
                    List.of("slurm-job.vk.io/enroot-mounts", "--mount /etc:/mnt"),
                    List.of("slurm-job.vk.io/enroot-options", "--root"),
                    List.of("slurm-job.vk.io/mpi-flags", "true"),
                    List.of("slurm-job.vk.io/nfs-mode", "helper"),
                    List.of("slurm-job.vk.io/nfs-helper-command", "touch pwned"),
                    List.of("slurm-job.vk.io/no-such", "1"),
                    List.of("slurm-job.knoc.io/flags", "-p gpu"),
                    List.of("job.vk.io/pre-exec", "touch pwned"),
                    List.of("apptainer-job.vk.io/mounts", "--bind /etc:/mnt; id"),
                    List.of("interlink.eu/pod-ip", "1; touch pwned"),
                    List.of("interlink.eu/wstunnel-client-commands", "touch pwned"),
                    List.of("interlink.eu/wstunnel-extra-ports", "8080"),
                    List.of("example.org/note", "a note"));

    private static final List<String> WORDS =
            List.of(
                    "sh",
                    "-c",
                    "true",
                    "$(touch pwned)",
                    "`touch pwned`",
                    "\"",
                    "a b",
                    "$HOME",
                    "\\");

    /// Line separators that YAML and Java read differently are escaped, so that the caller's text is certain.
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private final Random random;
    private final HostileTexts texts;

    HostilePods(long seed) {
        this.random = new Random(seed);
        this.texts = new HostileTexts(random);
    }

    /// A pod that was accepted, and what becomes of it.
    ///
    /// @param document what the caller wrote
    /// @param pod what is created
    record Accepted(Map<String, Object> document, Pod pod) {}

    /// @return nothing if the pod was refused in the way that refusals are declared
    Optional<Accepted> next() {
        Map<String, Object> document = document();
        try {
            RequestedJob requested = PodDocument.parse(JSON.writeValueAsString(document));
            return Optional.of(
                    new Accepted(
                            document,
                            PodTranslation.translate(
                                            new NamedJob(
                                                    requested.name().orElse(new JobName("job")),
                                                    new Workspace("default"),
                                                    requested.node(),
                                                    requested.definition(),
                                                    Optional.empty(),
                                                    Optional.empty()))
                                    .orReject()
                                    .pod()));
        } catch (GatewayException.Rejected | InvalidValueException refused) {
            return Optional.empty();
        }
    }

    private Map<String, Object> document() {
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put("nodeSelector", Map.of("kubernetes.io/hostname", "sandbox"));
        List<String> volumes = list(random.nextInt(3) == 0 ? 3 : 0, this::volumeName);
        if (random.nextInt(5) == 0) {
            spec.put("initContainers", List.of(container("i0", volumes)));
        }
        List<Object> containers = new ArrayList<>();
        containers.add(container("c0", volumes));
        if (random.nextInt(4) == 0) {
            containers.add(container("c1", volumes));
        }
        spec.put("containers", containers);
        List<Object> defined = new ArrayList<>();
        volumes.stream().distinct().forEach(name -> defined.add(volume(name)));
        spec.put("volumes", defined);
        if (random.nextInt(40) == 0) {
            spec.put("securityContext", Map.of("runAsUser", 0));
        }
        if (random.nextInt(20) == 0) {
            spec.put("resources", Map.of("limits", limits()));
        }
        return Map.of(
                "apiVersion",
                "v1",
                "kind",
                "Pod",
                "metadata",
                Map.of("name", texts.text("job", SELDOM), "annotations", annotations()),
                "spec",
                spec);
    }

    private Map<String, String> annotations() {
        Map<String, String> annotations = new LinkedHashMap<>();
        if (random.nextInt(4) != 0) {
            annotations.put(MetadataNames.FLAGS, texts.text(flags(), SELDOM));
        }
        if (random.nextInt(5) == 0) {
            annotations.put(MetadataNames.SINGULARITY_MOUNTS, texts.text(one(MOUNTS), OFTEN));
        }
        if (random.nextInt(5) == 0) {
            annotations.put(
                    MetadataNames.SINGULARITY_OPTIONS, texts.text(one(RUNTIME_OPTIONS), OFTEN));
        }
        if (random.nextInt(8) == 0) {
            annotations.put(
                    MetadataNames.PRE_EXEC, one(PRE_EXECS.keySet().stream().sorted().toList()));
        }
        if (random.nextInt(6) == 0) {
            List<String> other = one(OTHER_ANNOTATIONS);
            annotations.put(other.getFirst(), texts.text(other.getLast(), SELDOM));
        }
        return annotations;
    }

    private String flags() {
        StringBuilder flags = new StringBuilder();
        for (String option :
                list(4, () -> random.nextInt(8) == 0 ? one(ODD_OPTIONS) : one(OPTIONS))) {
            flags.append(option).append(random.nextInt(15) == 0 ? one(BLANKS) : " ");
        }
        return flags.toString();
    }

    private Map<String, Object> container(String name, List<String> volumes) {
        Map<String, Object> container = new LinkedHashMap<>();
        container.put("name", name);
        container.put("image", texts.text(one(IMAGES), SELDOM));
        if (random.nextBoolean()) {
            container.put("command", list(3, () -> texts.text(one(WORDS), OFTEN)));
        }
        container.put("args", list(3, () -> texts.text(one(WORDS), OFTEN)));
        if (random.nextInt(4) == 0) {
            container.put(
                    "env",
                    List.of(Map.of("name", texts.text("A", SELDOM), "value", texts.text("b", 3))));
        }
        if (random.nextInt(4) != 0) {
            container.put("resources", Map.of("limits", limits()));
        }
        List<Object> mounts = new ArrayList<>();
        volumes.forEach(volume -> mounts.add(mount(volume)));
        container.put("volumeMounts", mounts);
        for (String probe : List.of("livenessProbe", "readinessProbe", "startupProbe")) {
            if (random.nextInt(25) == 0) {
                container.put(probe, action());
            }
        }
        if (random.nextInt(15) == 0) {
            container.put("lifecycle", Map.of("preStop", action()));
        }
        return container;
    }

    private Map<String, Object> limits() {
        Map<String, Object> limits = new LinkedHashMap<>();
        if (random.nextInt(4) != 0) {
            limits.put("cpu", one(CPUS));
        }
        if (random.nextInt(4) != 0) {
            limits.put("memory", one(MEMORIES));
        }
        if (random.nextInt(6) == 0) {
            limits.put("nvidia.com/gpu", String.valueOf(random.nextInt(2)));
        }
        return limits;
    }

    private Map<String, Object> action() {
        return random.nextInt(3) == 0
                ? Map.of(
                        "httpGet",
                        Map.of(
                                "port",
                                8080,
                                "path",
                                texts.text("/ready", 4),
                                "host",
                                texts.text("localhost", 4)))
                : Map.of("exec", Map.of("command", List.of("sh", texts.text(one(WORDS), OFTEN))));
    }

    private String volumeName() {
        return one(
                List.of(
                        "scratch",
                        "scratch",
                        "secret",
                        "config",
                        "projected",
                        "downward",
                        "claim"));
    }

    private Map<String, Object> mount(String volume) {
        Map<String, Object> mount = new LinkedHashMap<>();
        mount.put("name", volume);
        mount.put("mountPath", random.nextInt(3) == 0 ? one(MOUNT_PATHS) : "/data/" + volume);
        if (random.nextInt(5) == 0) {
            mount.put("subPath", one(List.of("sub", "a,b", "a:b", "../x", "$HOME")));
        }
        if (random.nextInt(3) == 0) {
            mount.put("readOnly", true);
        }
        return mount;
    }

    private Map<String, Object> volume(String name) {
        Object items =
                List.of(Map.of("key", "k", "path", texts.text(one(List.of("k", "a/b")), OFTEN)));
        return switch (name) {
            case "scratch" -> Map.of("name", name, "emptyDir", Map.of());
            case "secret" ->
                    Map.of("name", name, "secret", Map.of("secretName", "s", "items", items));
            case "config" -> Map.of("name", name, "configMap", Map.of("name", "s"));
            case "projected" ->
                    Map.of(
                            "name",
                            name,
                            "projected",
                            Map.of(
                                    "sources",
                                    List.of(
                                            Map.of(
                                                    "configMap",
                                                    Map.of("name", "s", "items", items)))));
            case "downward" ->
                    Map.of(
                            "name",
                            name,
                            "downwardAPI",
                            Map.of(
                                    "items",
                                    List.of(
                                            Map.of(
                                                    "path",
                                                    texts.text("n", OFTEN),
                                                    "fieldRef",
                                                    Map.of("fieldPath", "metadata.name")))));
            default -> Map.of("name", name, "persistentVolumeClaim", Map.of("claimName", "d"));
        };
    }

    private <T> T one(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private <T> List<T> list(int most, Supplier<T> element) {
        List<T> list = new ArrayList<>();
        for (int count = random.nextInt(most + 1); count > 0; count--) {
            list.add(element.get());
        }
        return list;
    }
}
