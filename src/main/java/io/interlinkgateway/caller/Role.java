package io.interlinkgateway.caller;

/// What a caller may do in a workspace; each role includes those before it.
public enum Role {
    /// May look at everything, passwords aside, and change nothing.
    VIEWER,
    /// May also submit, replace and delete jobs.
    SUBMITTER,
    /// May also keep the credentials that all jobs of the workspace use.
    ADMIN;

    /// @param other a role
    /// @return whether whoever has this role may do all that the other allows
    public boolean includes(Role other) {
        return compareTo(other) >= 0;
    }
}
