package io.interlinkgateway.cluster.watch;

import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.interlinkgateway.status.PodReading;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/// Compresses pods and restores them. Pods of one workspace are similar, so each is compressed with the first one as
/// the dictionary. Of the managed fields, which are a third of a pod, only the first manager is kept.
final class CompressedPods {

    /// The size of the compression's window.
    private static final int LONGEST_DICTIONARY = 32 * 1024;

    private volatile byte @Nullable [] dictionary;

    /// A pod, compressed.
    public static final class Packed {

        private final byte[] bytes;
        private final int unpackedSize;

        private Packed(byte[] bytes, int unpackedSize) {
            this.bytes = bytes;
            this.unpackedSize = unpackedSize;
        }

        /// @return how many bytes the pod has as JSON
        public int unpackedSize() {
            return unpackedSize;
        }
    }

    synchronized Packed pack(Pod pod) {
        byte[] json =
                Serialization.asJson(withoutManagedFields(pod)).getBytes(StandardCharsets.UTF_8);
        byte[] first = dictionary;
        if (first == null) {
            first = Arrays.copyOf(json, Math.min(json.length, LONGEST_DICTIONARY));
            dictionary = first;
        }
        try (Deflater deflater = new Deflater(Deflater.BEST_SPEED, true)) {
            deflater.setDictionary(first);
            deflater.setInput(json);
            deflater.finish();
            // Enough for a text that can't be made smaller.
            byte[] packed = new byte[json.length + json.length / 1000 + 64];
            return new Packed(Arrays.copyOf(packed, deflater.deflate(packed)), json.length);
        }
    }

    private static Pod withoutManagedFields(Pod pod) {
        List<ManagedFieldsEntry> maker =
                PodReading.makerOf(pod.getMetadata()).stream()
                        .map(manager ->
                                new ManagedFieldsEntryBuilder().withManager(manager).build())
                        .toList();
        return new PodBuilder(pod).editMetadata().withManagedFields(maker).endMetadata().build();
    }

    /// @param packed what [#pack] of this archive gave
    /// @return the pod
    Pod unpack(Packed packed) {
        try (Inflater inflater = new Inflater(true)) {
            inflater.setDictionary(Objects.requireNonNull(dictionary));
            inflater.setInput(packed.bytes);
            ByteArrayOutputStream json = new ByteArrayOutputStream(packed.bytes.length * 4);
            byte[] chunk = new byte[4096];
            while (!inflater.finished()) {
                json.write(chunk, 0, inflater.inflate(chunk));
            }
            return Serialization.unmarshal(new ByteArrayInputStream(json.toByteArray()), Pod.class);
        } catch (DataFormatException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
