package io.interlinkgateway.representation;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.failure.InvalidValueException;
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

/// The `ETag` of a job: its UID, and a digest of what changes about it. It is weak, because the time at which a state
/// was seen is not in it. `If-Match` compares only the UID: it says which job is meant, not in which state.
public final class JobTag {

    /// In conditions it stands for whatever is there (RFC 9110, section 13.1).
    public static final String ANY = "*";

    private static final int DIGITS = 16;
    private static final Pattern TAG =
            Pattern.compile("(?:W/)?\"([-0-9A-Za-z]{1,64})(?:\\.[0-9a-f]{1,64})?\"");

    private JobTag() {}

    /// @param job as it is answered
    /// @return its tag, with the quotes
    public static String of(Job job) {
        String changing =
                String.join(
                        "\n",
                        job.state().toString(),
                        job.evidence().source().name(),
                        job.evidence().current() ? "" : job.evidence().observedAt().toString(),
                        job.containers().toString(),
                        job.remoteJobId().toString(),
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
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException(missing);
        }
    }

    /// @param ifMatch `If-Match` of a request; several are joined by commas
    /// @param name the name of the job that the request is about
    /// @param there the job that has the name now, which `*` means; asked only for that
    /// @return the UIDs of the jobs that are meant; empty without the header
    /// @throws InvalidValueException if one is no tag of a job
    /// @throws GatewayException.OtherJob if `*` means no job
    public static Set<String> meant(
            Optional<String> ifMatch, JobName name, Supplier<Optional<Job>> there) {
        Set<String> uids = new LinkedHashSet<>();
        if (ifMatch.isEmpty()) {
            return uids;
        }
        if (ifMatch.orElseThrow().strip().equals(ANY)) {
            uids.add(
                    there.get()
                            .orElseThrow(() -> new GatewayException.OtherJob(name.value()))
                            .uid());
            return uids;
        }
        for (String tag : ifMatch.orElseThrow().split(",", -1)) {
            Matcher matcher = TAG.matcher(tag.strip());
            if (!matcher.matches()) {
                throw new InvalidValueException(
                        "The header If-Match holds no ETag of a job.",
                        "Send the header ETag of an answer with the job as it is, with its"
                                + " quotes, or * for any job of this name, or leave If-Match"
                                + " out.");
            }
            uids.add(matcher.group(1));
        }
        return uids;
    }
}
