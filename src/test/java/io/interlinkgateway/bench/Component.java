package io.interlinkgateway.bench;

import java.util.EnumMap;
import java.util.Map;

/// A real server or program that integration tests run against. It is there, or one command brings it.
public enum Component {

    /// Any Kubernetes API server, see [ControlPlane].
    CONTROL_PLANE(
            "Kubernetes API server",
            "control-plane/build.sh",
            "Go, Python 3, OpenSSL, curl; 5 minutes, once; or start Docker, or set"
                    + " GATEWAY_TEST_KUBECONFIG") {
        @Override
        boolean isUsable() {
            return ControlPlane.isGiven() || super.isUsable() || ControlPlane.dockerAnswers();
        }
    },

    /// The control plane that `bench/control-plane` builds. It can be stopped and killed, and its API server reads
    /// logs from 127.0.0.1 of this machine.
    OWN_CONTROL_PLANE(
            "Kubernetes API server on this machine itself",
            "control-plane/build.sh",
            "Go, Python 3, OpenSSL, curl; 5 minutes, once"),

    /// [Slurm].
    SLURM("SLURM", "slurm/install.sh", "as root, on Debian"),

    /// [RealSlurmrestd]. Its tests need [#SLURM] too.
    SLURMRESTD("slurmrestd", "slurm/install.sh", "as root, on Debian") {
        @Override
        boolean isUsable() {
            return Script.succeeds("slurm/rest.sh", "--check");
        }
    },

    /// [VirtualNode]. Its tests need [#OWN_CONTROL_PLANE], [#SLURM] and [#APPTAINER] too.
    VIRTUAL_NODE("virtual node", "virtual-node/build.sh", "Go; 3 minutes, once"),

    /// The container runtime of the HPC.
    APPTAINER("Apptainer", "apptainer/install.sh", "as root, on Debian"),

    /// [MlflowServer].
    MLFLOW("MLflow", "mlflow/install.sh", "Python 3, OpenSSL, curl; 1 minute, once"),

    /// [Keycloak].
    KEYCLOAK("Keycloak", "keycloak/install.sh", "Python 3, OpenSSL, curl; 1 minute, once"),

    /// [Toxiproxy].
    TOXIPROXY("toxiproxy", "toxiproxy/build.sh", "Go; seconds, once"),

    /// [SmallDisk].
    SMALL_DISK("right to mount a file system", "disk/small.sh", "as root, on Linux");

    private static final Map<Component, Boolean> FOUND = new EnumMap<>(Component.class);

    private final String description;
    private final String script;
    private final String needs;

    Component(String description, String script, String needs) {
        this.description = description;
        this.script = script;
        this.needs = needs;
    }

    /// Looks once in the life of the JVM.
    ///
    /// @param bring whether a missing one is built or installed, for minutes; else nothing is changed or downloaded
    /// @return whether tests can use it
    boolean isThere(boolean bring) {
        synchronized (FOUND) {
            return FOUND.computeIfAbsent(this, _ -> isUsable() || (bring && isBrought()));
        }
    }

    boolean isUsable() {
        return Script.succeeds(script, "--check");
    }

    private boolean isBrought() {
        return Script.succeeds(script) && isUsable();
    }

    /// @return one line: that it is missing, and the command that brings it
    String lack() {
        return "no " + description + ": run bench/" + script + " (" + needs + ")";
    }
}
