package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.DownwardAPIVolumeFile;
import io.fabric8.kubernetes.api.model.ExecAction;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.HTTPHeader;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.LifecycleHandler;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The fields of a pod that the plugin inserts into its script unchanged although Kubernetes allows nearly any text
/// in them: names and paths of volume mounts, the working directory, and commands and requests of hooks and probes.
final class ShellInterpolatedFields {

    /// The form that a text must have, depending on its place in the script.
    private enum Form {
        /// A part of `--bind source:target:options`, where a comma starts another mount.
        MOUNT_PATH(
                "/[A-Za-z0-9._/@+~=-]*",
                "Use an absolute path of letters, digits and ._/@+~=- only, without \"..\"."),
        /// A path below a mounted folder.
        RELATIVE_PATH(
                "[A-Za-z0-9._@+~=-][A-Za-z0-9._/@+~=-]*",
                "Use a relative path of letters, digits and ._/@+~=- only, without \"..\"."),
        /// A part of a folder's name.
        NAME("[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?", "Use letters, digits and '.', '_', '-'."),
        /// One word of a command line.
        WORD("[A-Za-z0-9._/:@+~=,-]*", "Use letters, digits and ._/:@+~=,- only."),
        /// A text in double quotes.
        QUOTED(
                "[A-Za-z0-9 ._/:@+~=,%^*?&|;<>()\\[\\]{}#'-]*",
                "Use no $, backtick, backslash, quote, '!' and line break; put the command in a"
                        + " script in the container, and run that.");

        private final Pattern pattern;
        private final String hint;

        Form(String pattern, String hint) {
            this.pattern = Pattern.compile(pattern);
            this.hint = hint;
        }

        private boolean fits(String value) {
            return pattern.matcher(value).matches()
                    && ((this != MOUNT_PATH && this != RELATIVE_PATH)
                            || !List.of(value.split("/")).contains(".."));
        }
    }

    /// A text, its field, and its required form.
    record InterpolatedField(String field, String value, Form form) {

        /// @throws InvalidValueException if the text could have another meaning in the script
        void require() {
            if (!form.fits(value)) {
                throw new InvalidValueException(
                        "The plugin would interpret the value \""
                                + Text.shown(value)
                                + "\" in another way, or execute it.",
                        form.hint);
            }
        }
    }

    private final List<InterpolatedField> texts = new ArrayList<>();

    private ShellInterpolatedFields() {}

    static List<InterpolatedField> of(String path, Container container) {
        ShellInterpolatedFields fields = new ShellInterpolatedFields();
        List<VolumeMount> mounts = container.getVolumeMounts();
        for (int index = 0; index < mounts.size(); index++) {
            String here = path + ".volumeMounts[" + index + "]";
            fields.add(here + ".name", mounts.get(index).getName(), Form.NAME);
            fields.add(here + ".mountPath", mounts.get(index).getMountPath(), Form.MOUNT_PATH);
            fields.add(here + ".subPath", mounts.get(index).getSubPath(), Form.RELATIVE_PATH);
            fields.add(
                    here + ".subPathExpr", mounts.get(index).getSubPathExpr(), Form.RELATIVE_PATH);
        }
        fields.add(path + ".name", container.getName(), Form.NAME);
        fields.add(path + ".workingDir", container.getWorkingDir(), Form.WORD);
        if (container.getLifecycle() != null) {
            fields.addHook(path + ".lifecycle.preStop", container.getLifecycle().getPreStop());
            fields.addHook(path + ".lifecycle.postStart", container.getLifecycle().getPostStart());
        }
        fields.addProbe(path + ".livenessProbe", container.getLivenessProbe());
        fields.addProbe(path + ".readinessProbe", container.getReadinessProbe());
        fields.addProbe(path + ".startupProbe", container.getStartupProbe());
        return fields.texts;
    }

    /// Each key becomes a file that is mounted by its path.
    static List<InterpolatedField> of(String path, Volume volume) {
        ShellInterpolatedFields fields = new ShellInterpolatedFields();
        fields.add(path + ".name", volume.getName(), Form.NAME);
        if (volume.getPersistentVolumeClaim() != null) {
            fields.add(
                    path + ".persistentVolumeClaim.claimName",
                    volume.getPersistentVolumeClaim().getClaimName(),
                    Form.NAME);
        }
        if (volume.getSecret() != null) {
            fields.add(path + ".secret.secretName", volume.getSecret().getSecretName(), Form.NAME);
            fields.addKeys(path + ".secret", volume.getSecret().getItems());
        }
        if (volume.getConfigMap() != null) {
            fields.add(path + ".configMap.name", volume.getConfigMap().getName(), Form.NAME);
            fields.addKeys(path + ".configMap", volume.getConfigMap().getItems());
        }
        if (volume.getDownwardAPI() != null) {
            fields.addFiles(path + ".downwardAPI", volume.getDownwardAPI().getItems());
        }
        if (volume.getProjected() != null) {
            List<VolumeProjection> sources = volume.getProjected().getSources();
            for (int index = 0; index < sources.size(); index++) {
                fields.addSource(path + ".projected.sources[" + index + "]", sources.get(index));
            }
        }
        return fields.texts;
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
        if (source.getClusterTrustBundle() != null) {
            add(
                    path + ".clusterTrustBundle.path",
                    source.getClusterTrustBundle().getPath(),
                    Form.RELATIVE_PATH);
        }
    }

    private void addKeys(String path, List<KeyToPath> items) {
        for (int index = 0; index < items.size(); index++) {
            add(path + ".items[" + index + "].key", items.get(index).getKey(), Form.WORD);
            add(
                    path + ".items[" + index + "].path",
                    items.get(index).getPath(),
                    Form.RELATIVE_PATH);
        }
    }

    private void addFiles(String path, List<DownwardAPIVolumeFile> items) {
        for (int index = 0; index < items.size(); index++) {
            add(
                    path + ".items[" + index + "].path",
                    items.get(index).getPath(),
                    Form.RELATIVE_PATH);
        }
    }

    private void addHook(String path, @Nullable LifecycleHandler hook) {
        if (hook != null) {
            addCommand(path, hook.getExec());
            addRequest(path, hook.getHttpGet());
        }
    }

    private void addProbe(String path, @Nullable Probe probe) {
        if (probe != null) {
            addCommand(path, probe.getExec());
            addRequest(path, probe.getHttpGet());
            if (probe.getTcpSocket() != null) {
                add(path + ".tcpSocket.host", probe.getTcpSocket().getHost(), Form.WORD);
                addPort(path + ".tcpSocket.port", probe.getTcpSocket().getPort());
            }
            if (probe.getGrpc() != null) {
                add(path + ".grpc.service", probe.getGrpc().getService(), Form.WORD);
            }
        }
    }

    private void addCommand(String path, @Nullable ExecAction action) {
        if (action != null) {
            List<String> command = action.getCommand();
            for (int index = 0; index < command.size(); index++) {
                add(path + ".exec.command[" + index + "]", command.get(index), Form.QUOTED);
            }
        }
    }

    private void addRequest(String path, @Nullable HTTPGetAction request) {
        if (request != null) {
            add(path + ".httpGet.path", request.getPath(), Form.WORD);
            add(path + ".httpGet.host", request.getHost(), Form.WORD);
            add(path + ".httpGet.scheme", request.getScheme(), Form.WORD);
            addPort(path + ".httpGet.port", request.getPort());
            List<HTTPHeader> headers = request.getHttpHeaders();
            for (int index = 0; index < headers.size(); index++) {
                String here = path + ".httpGet.httpHeaders[" + index + "]";
                add(here + ".name", headers.get(index).getName(), Form.WORD);
                add(here + ".value", headers.get(index).getValue(), Form.QUOTED);
            }
        }
    }

    private void addPort(String field, @Nullable IntOrString port) {
        if (port != null) {
            add(field, port.getStrVal(), Form.WORD);
        }
    }

    private void add(String field, @Nullable String text, Form form) {
        if (text != null) {
            texts.add(new InterpolatedField(field, text, form));
        }
    }
}
