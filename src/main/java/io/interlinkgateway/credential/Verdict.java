package io.interlinkgateway.credential;

/// What an MLflow server says to a credential.
enum Verdict {
    /// The server knows the user and the password. It proves no permission for any experiment, and not that
    /// the HPC reaches the server.
    ACCEPTED("The server accepts the credential.", "No action is needed."),
    /// The server asks for a password, and this isn't it.
    REFUSED(
            "The server rejects the username or the password.",
            "Store the credential again with the username and password that work on this server."),
    /// The server knows the user, who may not list experiments.
    FORBIDDEN(
            "The server accepts the password, but the user has no permissions.",
            "Ask the server's administrator for permission."),
    /// The server lets everybody in, so the credential can't be told right from wrong.
    OPEN_SERVER(
            "The server requires no password, so the credential cannot be verified.",
            "Check the tracking URI. An open server needs no credential."),
    /// Whatever answers there is no MLflow, or hides it behind a login page.
    NOT_MLFLOW(
            "The server at the tracking URI is not an MLflow server.",
            "Use the address that MLFLOW_TRACKING_URI has elsewhere, not that of a login page."),
    /// No answer.
    UNREACHABLE(
            "The server cannot be reached or did not answer in time.",
            "Check the tracking URI and try again later.");

    private final String message;
    private final String hint;

    Verdict(String message, String hint) {
        this.message = message;
        this.hint = hint;
    }

    String message() {
        return message;
    }

    String hint() {
        return hint;
    }
}
