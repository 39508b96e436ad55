package io.interlinkgateway.slurm;

import io.interlinkgateway.failure.Text;
import io.interlinkgateway.job.HpcJob.WaitReason;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The meaning of SLURM's codes for the reason why a job waits (`state_reason`), as sentences. Most codes name a limit:
/// they consist of the limit's owner, its resource and its scope.
final class WaitReasons {

    private static final Map<String, String> SENTENCES =
            Map.ofEntries(
                    Map.entry("AccountingPolicy", "A limit of the account keeps the job back."),
                    Map.entry(
                            "AccountNotAllowed",
                            "The job's account may not use the job's partition."),
                    Map.entry(
                            "AssociationJobLimit",
                            "The account runs as many jobs as its limit allows."),
                    Map.entry(
                            "AssociationResourceLimit",
                            "The account uses as many resources as its limit allows."),
                    Map.entry("AssociationTimeLimit", "The account has used up its time."),
                    Map.entry("BadConstraints", "No compute node fits what the job requests."),
                    Map.entry("BeginTime", "The job's earliest start is in the future."),
                    Map.entry(
                            "BurstBufferOperation",
                            "An operation of the job's burst buffer failed."),
                    Map.entry(
                            "BurstBufferResources",
                            "The burst buffer does not have enough free space for the job."),
                    Map.entry(
                            "BurstBufferStageIn",
                            "The job's files are being copied to its burst buffer."),
                    Map.entry(
                            "Cleaning",
                            "The job was put back into the queue, and its first run is being"
                                    + " cleaned up."),
                    Map.entry(
                            "Constraints", "No compute node that is free fits what the job needs."),
                    Map.entry("DeadLine", "The job can't end before its deadline."),
                    Map.entry("Dependency", "Another job that this job depends on must end first."),
                    Map.entry(
                            "DependencyNeverSatisfied",
                            "What the job depends on can't happen any more. It will never start."),
                    Map.entry(
                            "FedJobLock", "SLURM is assigning the job to one of several clusters."),
                    Map.entry("FrontEndDown", "The HPC's front end is down."),
                    Map.entry("InactiveLimit", "The job reached the limit for inactivity."),
                    Map.entry("InvalidAccount", "The job's account is not valid."),
                    Map.entry("InvalidQOS", "The job's quality of service is not valid."),
                    Map.entry(
                            "JobArrayTaskLimit",
                            "The job's array runs as many tasks at the same time as its limit"
                                    + " allows."),
                    Map.entry("JobHeldAdmin", "An administrator of the HPC holds the job."),
                    Map.entry("JobHeldUser", "The job's user holds it."),
                    Map.entry(
                            "JobHoldMaxRequeue",
                            "The job was put back into the queue too often, and is held."),
                    Map.entry("JobLaunchFailure", "The job could not be launched."),
                    Map.entry("Licenses", "A license that the job needs is in use."),
                    Map.entry(
                            "MaxMemPerLimit",
                            "The job requests more memory per CPU or node than is allowed."),
                    Map.entry("NodeDown", "A compute node that the job needs is down."),
                    Map.entry("NonZeroExitCode", "The job ended with an exit code other than 0."),
                    Map.entry("OutOfMemory", "The job used more memory than its limit."),
                    Map.entry(
                            "PartitionConfig",
                            "The partition does not allow what the job requests."),
                    Map.entry("PartitionDown", "The partition is down."),
                    Map.entry("PartitionInactive", "The partition starts no jobs at present."),
                    Map.entry(
                            "PartitionNodeLimit",
                            "The job requests more or fewer compute nodes than the partition"
                                    + " allows."),
                    Map.entry(
                            "PartitionTimeLimit",
                            "The job requests more time than the partition allows."),
                    Map.entry("PowerNotAvail", "There is too little electrical power for the job."),
                    Map.entry("PowerReserved", "The electrical power for the job is reserved."),
                    Map.entry("Priority", "Jobs of higher priority go first."),
                    Map.entry("Prolog", "The HPC's prolog runs on the job's compute nodes."),
                    Map.entry(
                            "QOSJobLimit",
                            "The quality of service runs as many jobs as its limit allows."),
                    Map.entry(
                            "QOSNotAllowed",
                            "The partition or the account does not allow the job's quality of"
                                    + " service."),
                    Map.entry(
                            "QOSResourceLimit",
                            "The quality of service uses as many resources as its limit allows."),
                    Map.entry("QOSTimeLimit", "The quality of service has used up its time."),
                    Map.entry(
                            "QOSUsageThreshold",
                            "The account's usage is beyond what the quality of service allows."),
                    Map.entry("RaisedSignal", "A signal ended the job."),
                    Map.entry("Reservation", "The job's reservation has not begun yet."),
                    Map.entry(
                            "ReservationDeleted", "The job's reservation does not exist any more."),
                    Map.entry("ReservationInvalid", "The job may not use its reservation."),
                    Map.entry(
                            "ReqNodeNotAvail",
                            "A compute node that the job needs is down, drained or reserved."),
                    Map.entry(
                            "Resources",
                            "The compute nodes do not have enough free resources for the job."),
                    Map.entry("SchedDefer", "The job was to start at once or not at all."),
                    Map.entry(
                            "SystemFailure", "SLURM itself, its network or a file system failed."),
                    Map.entry("TimeLimit", "The job ran into its walltime."));

    private static final Pattern LIMIT =
            Pattern.compile(
                    "(?<owner>Assoc|QOS|)(?<kind>Grp|Max|Min)"
                            + "(?<what>BB|Billing|CPU|Cpu|Energy|GRES|Jobs?|License|Memory|Mem|Node"
                            + "|SubmitJobs?|Unknown|WallDuration|Wall)"
                            + "(?<time>RunMinutes|Minutes|)"
                            + "(?<scope>PerAccount|PerJob|PerNode|PerUser|NotSatisfied|)"
                            + "(?:Limit)?");

    private WaitReasons() {}

    /// @param code SLURM's `state_reason`
    /// @return empty if SLURM has no reason
    static Optional<WaitReason> of(String code) {
        if (code.isEmpty() || code.equals("None")) {
            return Optional.empty();
        }
        String shown = Text.shown(code);
        return Optional.of(
                new WaitReason(
                        shown,
                        Optional.ofNullable(SENTENCES.get(code))
                                .or(() -> limit(code))
                                .orElse("SLURM's reason is " + shown + ".")));
    }

    private static Optional<String> limit(String code) {
        Matcher matcher = LIMIT.matcher(code);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String scope = matcher.group("scope");
        String owner = matcher.group("owner").equals("Assoc") ? "account" : "quality of service";
        String what = what(matcher.group("what"));
        String minutes =
                switch (matcher.group("time")) {
                    case "Minutes" -> " × minutes";
                    case "RunMinutes" -> " × remaining minutes";
                    default -> "";
                };
        return Optional.of(
                switch (matcher.group("kind")) {
                    case "Grp" ->
                            "The jobs of the "
                                    + owner
                                    + " together have reached its limit of "
                                    + what
                                    + minutes
                                    + ".";
                    case "Min" ->
                            "The job requests less than the " + owner + " requires: " + what + ".";
                    default ->
                            switch (scope) {
                                case "PerUser" ->
                                        "The user has reached the limit of the "
                                                + owner
                                                + " per user: "
                                                + what
                                                + ".";
                                case "PerAccount" ->
                                        "The account has reached the limit of the "
                                                + owner
                                                + " per account: "
                                                + what
                                                + ".";
                                case "PerJob", "PerNode" ->
                                        "The job requests more than the "
                                                + owner
                                                + " allows "
                                                + (scope.equals("PerJob")
                                                        ? "one job"
                                                        : "on one compute node")
                                                + ": "
                                                + what
                                                + minutes
                                                + ".";
                                default ->
                                        "The user has reached the limit of the "
                                                + owner
                                                + ": "
                                                + what
                                                + ".";
                            };
                });
    }

    private static String what(String resource) {
        return switch (resource) {
            case "BB" -> "burst buffer space";
            case "Billing" -> "billing units";
            case "CPU", "Cpu" -> "CPUs";
            case "Energy" -> "energy";
            case "GRES" -> "generic resources, such as GPUs";
            case "Job", "Jobs" -> "jobs that run";
            case "License" -> "licenses";
            case "Mem", "Memory" -> "memory";
            case "Node" -> "compute nodes";
            case "SubmitJob", "SubmitJobs" -> "jobs that wait or run";
            case "Wall", "WallDuration" -> "walltime";
            default -> "a resource";
        };
    }
}
