package io.interlinkgateway.representation;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.job.HpcJob;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The `ETag` of a job: its UID, and a digest of everything that can change. It is weak, because it does not contain
/// the time of observation. `If-Match` compares only the UID, so it identifies a job but not its state.
public final class JobTag {

    /// In conditions it matches any existing job (RFC 9110, section 13.1).
    public static final String ANY = "*";

    private static final int DIGITS = 16;
    private static final Pattern TAG =
            Pattern.compile("(?:W/)?\"([-0-9A-Za-z]{1,64})(?:\\.[0-9a-f]{1,64})?\"");

    private JobTag() {}

    /// @param job the job in the response
    /// @return its tag, including the quotes
    public static String of(Job job) {
        String changing =
                String.join(
                        "\n",
                        job.state().toString(),
                        job.evidence().source().name(),
                        job.evidence().current() ? "" : job.evidence().observedAt().toString(),
                        job.containers().toString(),
                        job.remoteJobId().toString(),
                        job.cancellation().toString(),
                        job.timeLimit().toString(),
                        job.hpc().map(HpcJob::withoutObservation).toString(),
                        job.labels().toString());
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(changing.getBytes(StandardCharsets.UTF_8));
            return "W/\""
                    + job.uid()
                    + "."
                    + HexFormat.of().formatHex(digest).substring(0, DIGITS)
                    + "\"";
        } catch (NoSuchAlgorithmException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /// @param ifMatch the header `If-Match`; several headers are joined by commas
    /// @param name the job's name in the request
    /// @param present finds the present job with the name; only called for `*`
    /// @return the UIDs that match; empty without the header
    /// @throws InvalidValueException if one is not a job's tag
    /// @throws GatewayException.OtherJob if `*` is given and there is no job
    public static Set<String> uids(
            Optional<String> ifMatch, JobName name, Supplier<Optional<Job>> present) {
        Set<String> uids = new LinkedHashSet<>();
        if (ifMatch.isEmpty()) {
            return uids;
        }
        if (ifMatch.orElseThrow().strip().equals(ANY)) {
            uids.add(
                    present.get()
                            .orElseThrow(() -> new GatewayException.OtherJob(name.value()))
                            .uid());
            return uids;
        }
        for (String tag : ifMatch.orElseThrow().split(",", -1)) {
            Matcher matcher = TAG.matcher(tag.strip());
            if (!matcher.matches()) {
                throw new InvalidValueException(
                        "The header If-Match is not the ETag of a job.",
                        "Send the ETag of a response with the job unchanged, including its quotes,"
                                + " or * for any job with this name, or leave If-Match out.");
            }
            uids.add(matcher.group(1));
        }
        return uids;
    }
}
