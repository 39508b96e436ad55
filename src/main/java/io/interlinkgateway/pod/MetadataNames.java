package io.interlinkgateway.pod;

/// Every label and annotation that the gateway reads or writes, and who gives it its meaning.
public final class MetadataNames {

    /// Set by the virtual kubelet: the HPC's id of the job. Never set by users.
    public static final String JOB_ID = "JobID";

    /// The SLURM plugin's: options of `sbatch`.
    public static final String FLAGS = "slurm-job.vk.io/flags";

    /// The SLURM plugin's: shell text before the job script.
    public static final String PRE_EXEC = "slurm-job.vk.io/pre-exec";

    /// The SLURM plugin's: `--bind …`, pasted into the container's command line.
    public static final String SINGULARITY_MOUNTS = "slurm-job.vk.io/singularity-mounts";

    /// The SLURM plugin's: options, pasted into the container's command line.
    public static final String SINGULARITY_OPTIONS = "slurm-job.vk.io/singularity-options";

    /// The SLURM plugin's: the name of a set of options, CPUs and memory that its configuration has.
    public static final String FLAVOR = "slurm-job.vk.io/flavor";

    /// The SLURM plugin's: what stands before images that are no files and do not begin with it.
    public static final String IMAGE_ROOT = "slurm-job.vk.io/image-root";

    /// On a node: what the HPC answered to the last ping.
    public static final String PING_RESPONSE = "interlink.virtual-kubelet.io/ping-response";

    /// On a node: what kind of virtual node it is.
    public static final String NODE_TYPE = "virtual-node.interlink/type";

    /// On a node and in a pod's selector: the node's name.
    public static final String HOSTNAME = "kubernetes.io/hostname";

    /// On a pod: the container that is meant where none is named, as kubectl reads it.
    public static final String DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container";

    /// The gateway's own prefix.
    public static final String PREFIX = "interlink-gateway.io/";

    /// On a pod and a Secret: `gateway` if the gateway made it.
    public static final String MANAGED_BY = "app.kubernetes.io/managed-by";

    /// On a pod: the SHA-256 of what it was made from, for comparing repeats.
    public static final String DIGEST = PREFIX + "definition-digest";

    /// On a pod: `job-spec` or `pod`, what it was made from.
    public static final String DEFINITION = PREFIX + "definition";

    /// On a pod, as a label: the SHA-256 of the Idempotency-Key of the request that made it, without its last hexadecimal
    /// digit, since a label's value has 63 characters at most.
    public static final String IDEMPOTENCY_KEY = PREFIX + "idempotency-key-digest";

    /// On a pod: where its image is pulled from when it is missing.
    public static final String PULL_FROM = PREFIX + "image-pull-from";

    /// On a pod: the resources, with commas between, whose limits the gateway added.
    public static final String COMPLETED_LIMITS = PREFIX + "completed-limits";

    /// On a pod that was made from a spec: the options of `sbatch` as the spec has them, if the pod has others.
    public static final String WRITTEN_FLAGS = PREFIX + "written-flags";

    /// On a pod that was made from a spec: the limits as the spec has them where the pod has others, `cpu=500m` with commas
    /// between.
    public static final String WRITTEN_LIMITS = PREFIX + "written-limits";

    /// On a pod: what the job's own record in its log says of its end, see [JobRecord].
    public static final String JOB_RECORD = PREFIX + "job-record";

    /// On a Secret: the one MLflow server that the credential may be used for.
    public static final String TRACKING_URI = PREFIX + "mlflow-tracking-uri";

    private MetadataNames() {}
}
