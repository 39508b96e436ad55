package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.DownwardAPIVolumeFile;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.LifecycleHandler;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.interlinkgateway.job.InvalidValueException;
import io.interlinkgateway.job.Text;
import io.interlinkgateway.pod.HpcUse.Said;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The texts of a pod that the plugin pastes into its script as they are, and for which Kubernetes takes nearly anything:
/// where volumes are mounted, and under which names; the working directory; what hooks and probes ask for.
final class PastedTexts {

    private final List<Said> texts = new ArrayList<>();

    private PastedTexts() {}

    static List<Said> of(String path, Container container) {
        PastedTexts pasted = new PastedTexts();
        List<VolumeMount> mounts = container.getVolumeMounts();
        for (int index = 0; index < mounts.size(); index++) {
            String here = path + ".volumeMounts[" + index + "]";
            pasted.add(here + ".mountPath", mounts.get(index).getMountPath());
            pasted.add(here + ".subPath", mounts.get(index).getSubPath());
            pasted.add(here + ".subPathExpr", mounts.get(index).getSubPathExpr());
        }
        pasted.add(path + ".workingDir", container.getWorkingDir());
        if (container.getLifecycle() != null) {
            pasted.addHook(path + ".lifecycle.preStop", container.getLifecycle().getPreStop());
            pasted.addHook(path + ".lifecycle.postStart", container.getLifecycle().getPostStart());
        }
        pasted.addProbe(path + ".livenessProbe", container.getLivenessProbe());
        pasted.addProbe(path + ".readinessProbe", container.getReadinessProbe());
        pasted.addProbe(path + ".startupProbe", container.getStartupProbe());
        return pasted.texts;
    }

    /// Each key becomes a file that is mounted by its path.
    static List<Said> of(String path, Volume volume) {
        PastedTexts pasted = new PastedTexts();
        if (volume.getSecret() != null) {
            pasted.addKeys(path + ".secret", volume.getSecret().getItems());
        }
        if (volume.getConfigMap() != null) {
            pasted.addKeys(path + ".configMap", volume.getConfigMap().getItems());
        }
        if (volume.getDownwardAPI() != null) {
            pasted.addFiles(path + ".downwardAPI", volume.getDownwardAPI().getItems());
        }
        if (volume.getProjected() != null) {
            List<VolumeProjection> sources = volume.getProjected().getSources();
            for (int index = 0; index < sources.size(); index++) {
                pasted.addSource(path + ".projected.sources[" + index + "]", sources.get(index));
            }
        }
        return pasted.texts;
    }

    private void addSource(String path, VolumeProjection source) {
        if (source.getSecret() != null) {
            addKeys(path + ".secret", source.getSecret().getItems());
        }
        if (source.getConfigMap() != null) {
            addKeys(path + ".configMap", source.getConfigMap().getItems());
        }
        if (source.getDownwardAPI() != null) {
            addFiles(path + ".downwardAPI", source.getDownwardAPI().getItems());
        }
    }

    private void addKeys(String path, List<KeyToPath> items) {
        for (int index = 0; index < items.size(); index++) {
            add(path + ".items[" + index + "].path", items.get(index).getPath());
        }
    }

    private void addFiles(String path, List<DownwardAPIVolumeFile> items) {
        for (int index = 0; index < items.size(); index++) {
            add(path + ".items[" + index + "].path", items.get(index).getPath());
        }
    }

    private void addHook(String path, @Nullable LifecycleHandler hook) {
        if (hook != null) {
            addRequest(path, hook.getHttpGet());
        }
    }

    private void addProbe(String path, @Nullable Probe probe) {
        if (probe != null) {
            addRequest(path, probe.getHttpGet());
        }
    }

    private void addRequest(String path, @Nullable HTTPGetAction request) {
        if (request != null) {
            add(path + ".httpGet.path", request.getPath());
            add(path + ".httpGet.host", request.getHost());
        }
    }

    private void add(String field, @Nullable String text) {
        if (text != null) {
            texts.add(new Said(field, text));
        }
    }

    /// @throws InvalidValueException if the script would take it for more than one word, or for a command
    static void requireWord(String value) {
        requireOnly("[A-Za-z0-9._/:@+~=,-]*", "Use letters, digits and ._/:@+~=,- only.", value);
    }

    /// The same with blanks between.
    ///
    /// @throws InvalidValueException if the script would take one for a command
    static void requireWords(String value) {
        requireOnly(
                "[A-Za-z0-9._/:@+~=, -]*",
                "Use letters, digits, blanks and ._/:@+~=,- only.",
                value);
    }

    private static void requireOnly(String pattern, String cure, String value) {
        if (!value.matches(pattern)) {
            throw new InvalidValueException(
                    "The value \"" + Text.shown(value) + "\" could act as a command on the HPC.",
                    cure);
        }
    }
}
