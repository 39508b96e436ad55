package io.interlinkgateway.record;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.interlinkgateway.pod.MetadataNames;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// A pod of any shape and the record that the plugin's job script writes for it, as in the recording
/// `init-and-two`.
///
/// @param pod the pod, with its job id
/// @param record the record's lines, from the header to the end of the script
/// @param exitCodes of the containers, in their order
public record JobOut(Pod pod, List<String> record, List<Integer> exitCodes) {

    public static final String UID = "00a09db9-841c-41fb-bbff-f1cdf7088371";
    static final String JOB_ID = "4711";
    private static final Instant START = Instant.parse("2026-11-23T23:53:58Z");
    private static final String FOLDER = "/ceph/interlink/default-" + UID + "/";

    public static JobOut of(boolean preExec, int initContainers, List<Integer> exitCodes) {
        List<String> record = new ArrayList<>();
        record.add("This pod job/" + UID + " has been submitted to SLURM node node1.");
        record.add("To get more info, please run: scontrol show job " + JOB_ID + ".");
        Clock clock = new Clock(record);
        for (int index = 0; index < initContainers; index++) {
            clock.says("Running init container init-" + index + "...");
            clock.looksFor("init-init-" + index);
        }
        for (int index = 0; index < exitCodes.size(); index++) {
            clock.says("Running in background c" + index + " pid " + (100 + index) + "...");
        }
        for (int index = 0; index < exitCodes.size(); index++) {
            String process = "c" + index + " pid " + (100 + index);
            clock.says("Waiting for container " + process + "...");
            clock.says("Container " + process + " ended with status " + exitCodes.get(index) + ".");
            clock.looksFor("run-c" + index);
        }
        int highest = exitCodes.stream().mapToInt(Integer::intValue).max().orElse(0);
        clock.says("End of script, highest exit code " + highest + "...");
        return new JobOut(pod(preExec, initContainers, exitCodes.size()), record, exitCodes);
    }

    /// The line that SLURM writes when it kills the job.
    static String kill(String cause) {
        return "slurmstepd-node1: error: *** JOB "
                + JOB_ID
                + " ON node1 CANCELLED AT 2026-11-23T23:55:00"
                + cause
                + " ***";
    }

    private static Pod pod(boolean preExec, int initContainers, int containers) {
        // spotless:off
        PodBuilder pod = new PodBuilder()
                .withNewMetadata()
                    .withName("job")
                    .withNamespace("default")
                    .withUid(UID)
                    .withCreationTimestamp("2026-11-23T23:53:50Z")
                    .addToAnnotations(MetadataNames.JOB_ID, JOB_ID)
                .endMetadata()
                .withNewSpec()
                    .addToNodeSelector(MetadataNames.HOSTNAME, "vega-new-vk")
                    .addNewToleration()
                        .withKey("virtual-node.interlink/no-schedule")
                        .withOperator("Exists")
                    .endToleration()
                .endSpec()
                .withNewStatus()
                    .withPhase("Running")
                .endStatus();
        // spotless:on
        if (preExec) {
            pod.editMetadata()
                    .addToAnnotations(MetadataNames.PRE_EXEC, "echo pulling")
                    .endMetadata();
        }
        for (int index = 0; index < initContainers; index++) {
            pod.editSpec()
                    .addNewInitContainer()
                    .withName("init-" + index)
                    .withImage("/images/a.sif")
                    .endInitContainer()
                    .endSpec();
        }
        for (int index = 0; index < containers; index++) {
            pod.editSpec()
                    .addNewContainer()
                    .withName("c" + index)
                    .withImage("/images/a.sif")
                    .withCommand("/bin/train")
                    .endContainer()
                    .endSpec();
        }
        return pod.build();
    }

    /// Each line comes a second after the one before.
    private record Clock(List<String> lines) {

        void says(String text) {
            lines.add(START.plusSeconds(lines.size()).toString().replace("Z", "+00:00 ") + text);
        }

        void looksFor(String name) {
            says("Checking if file exists: " + FOLDER + name + ".status ...");
            says("attempt 1/60 file not found " + FOLDER + name + ".status");
            says("attempt 2/60 file found " + FOLDER + name + ".status");
        }
    }
}
