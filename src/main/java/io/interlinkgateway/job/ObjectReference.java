package io.interlinkgateway.job;

import java.util.Set;

/// One place in which a job refers to a Secret or ConfigMap of its workspace.
///
/// @param kind what it refers to
/// @param name the object's name as it was written, which may be none that an object can have
/// @param keys those of the object's keys that must be there; empty where it is taken as a whole
/// @param optional whether the job asks to run without it
/// @param use what the object is for
/// @param field the place's path in the pod, such as `spec.containers[0].envFrom[0].secretRef`
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

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /// The kind as Kubernetes writes it.
        @Override
        public String toString() {
            return word;
        }
    }

    /// What an object is for. interLink treats each use in its own way when the object is missing.
    public enum Use {
        /// Environment variables.
        ENVIRONMENT,
        /// A volume of this object alone.
        VOLUME,
        /// A volume of several sources.
        PROJECTED_VOLUME
    }
}
