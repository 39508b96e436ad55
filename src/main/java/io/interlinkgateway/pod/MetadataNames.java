package io.interlinkgateway.pod;

/// Every label and annotation that the gateway reads or writes, and which component defines it.
public final class MetadataNames {

    /// Set by the virtual kubelet, not by users: the job's id on the HPC.
    public static final String JOB_ID = "JobID";

    /// For the SLURM plugin: options of `sbatch`.
    public static final String FLAGS = "slurm-job.vk.io/flags";

    /// For the SLURM plugin: shell text before the job script.
    public static final String PRE_EXEC = "slurm-job.vk.io/pre-exec";

    /// For the SLURM plugin: `--bind …`, inserted into the container's command line.
    public static final String SINGULARITY_MOUNTS = "slurm-job.vk.io/singularity-mounts";

    /// For the SLURM plugin: options, inserted into the container's command line.
    public static final String SINGULARITY_OPTIONS = "slurm-job.vk.io/singularity-options";

    /// For the SLURM plugin: the name of a set of options, CPUs and memory in its configuration.
    public static final String FLAVOR = "slurm-job.vk.io/flavor";

    /// For the SLURM plugin: the prefix for images that are not files and do not start with it.
    public static final String IMAGE_ROOT = "slurm-job.vk.io/image-root";

    /// On a node: the HPC's response to the last ping.
    public static final String PING_RESPONSE = "interlink.virtual-kubelet.io/ping-response";

    /// On a node: the kind of virtual node.
    public static final String NODE_TYPE = "virtual-node.interlink/type";

    /// On a node and in a pod's selector: the node's name.
    public static final String HOSTNAME = "kubernetes.io/hostname";

    /// On a pod, as for kubectl: the container to use if none is named.
    public static final String DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container";

    /// The gateway's own prefix.
    public static final String PREFIX = "interlink-gateway.io/";

    /// On a pod and a Secret: `interlink-gateway` if the gateway created it.
    public static final String MANAGED_BY = "app.kubernetes.io/managed-by";

    /// On a pod: the digest of its definition, with which repeated requests are compared.
    public static final String DIGEST = PREFIX + "definition-digest";

    /// On a pod: what it was created from, `job-spec` or `pod`.
    public static final String DEFINITION = PREFIX + "definition";

    /// On a pod, as a label: the SHA-256 of the Idempotency-Key of the request that created it, without the last
    /// hexadecimal digit, since a label's value has at most 63 characters.
    public static final String IDEMPOTENCY_KEY = PREFIX + "idempotency-key-digest";

    /// On a pod: the caller who submitted it, as `issuer#subject`.
    public static final String SUBMITTED_BY = PREFIX + "submitted-by";

    /// On a pod created from a job spec: how many seconds after the job's end it is deleted.
    public static final String TTL_AFTER_FINISHED = PREFIX + "ttl-seconds-after-finished";

    /// On a pod: the reference from which a missing image is pulled.
    public static final String PULL_FROM = PREFIX + "image-pull-from";

    /// On a pod: the resources whose limits the gateway added, separated by commas.
    public static final String COMPLETED_LIMITS = PREFIX + "completed-limits";

    /// On a pod created from a job spec: the options of `sbatch` in the spec, if those in the pod are different.
    public static final String WRITTEN_FLAGS = PREFIX + "written-flags";

    /// On a pod created from a job spec: the limits in the spec that are different in the pod, as `cpu=500m`,
    /// separated by commas.
    public static final String WRITTEN_LIMITS = PREFIX + "written-limits";

    /// On a pod: the job's own record, as found in its log, see [JobRecord].
    public static final String JOB_RECORD = PREFIX + "job-record";

    /// On a pod: the trace of the request that created it, as in the header `traceparent` of W3C Trace Context. Absent
    /// unless the trace is recorded.
    public static final String TRACE_PARENT = PREFIX + "traceparent";

    /// On a Secret: the one MLflow server that the credential may be used for.
    public static final String TRACKING_URI = PREFIX + "mlflow-tracking-uri";

    private MetadataNames() {}
}
