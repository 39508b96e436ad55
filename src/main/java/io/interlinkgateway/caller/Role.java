package io.interlinkgateway.caller;

/// What a caller may do in a workspace; each role includes the previous ones. An endpoint that takes a workspace can
/// get the caller's role there as a parameter of this type.
public enum Role {
    /// May read everything except passwords, and change nothing.
    VIEWER,
    /// May also submit, replace and delete jobs.
    SUBMITTER,
    /// May also manage the credentials that all jobs of the workspace use, and send them to any server.
    ADMIN;

    /// @param other a role
    /// @return whether a caller with this role may do all that the other role allows
    public boolean includes(Role other) {
        return compareTo(other) >= 0;
    }
}
