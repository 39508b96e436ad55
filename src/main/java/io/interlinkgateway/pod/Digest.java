package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.interlinkgateway.job.Fingerprint;

/// Distinguishes two definitions: the SHA-256 of the pod that each is translated to.
final class Digest {

    private Digest() {}

    static String of(Pod pod) {
        return Fingerprint.of(Serialization.asJson(pod));
    }
}
