package io.interlinkgateway.job;

import java.util.Set;

/// One reference of a job to a Secret or ConfigMap of its workspace.
///
/// @param kind the kind of the object
/// @param name the object's name as written, which may not be valid
/// @param keys the keys that the object must have; empty if it is used as a whole
/// @param optional whether the job may run without the object
/// @param use how the object is used
/// @param field the reference's path in the pod, such as `spec.containers[0].envFrom[0].secretRef`
public record ObjectReference(
        Kind kind, String name, Set<String> keys, boolean optional, Use use, String field) {

    /// Copies the keys.
    public ObjectReference {
        keys = Set.copyOf(keys);
    }

    /// Kinds of objects.
    public enum Kind {
        /// A Secret.
        SECRET("Secret"),
        /// A ConfigMap.
        CONFIG_MAP("ConfigMap");

        private final String kubernetesName;

        Kind(String kubernetesName) {
            this.kubernetesName = kubernetesName;
        }

        /// The kind as Kubernetes writes it.
        @Override
        public String toString() {
            return kubernetesName;
        }
    }

    /// How an object is used. If the object is missing, interLink's behaviour depends on this.
    public enum Use {
        /// Environment variables.
        ENVIRONMENT,
        /// A volume of this object alone.
        VOLUME,
        /// A volume of several sources.
        PROJECTED_VOLUME
    }
}
