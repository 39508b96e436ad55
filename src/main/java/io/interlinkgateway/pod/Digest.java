package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.interlinkgateway.job.Fingerprint;

/// The digest by which definitions are compared: the SHA-256 of the translated pod.
final class Digest {

    private Digest() {}

    static String of(Pod pod) {
        return Fingerprint.of(Serialization.asJson(pod));
    }
}
