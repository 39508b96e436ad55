package io.interlinkgateway.credential;

/// What an MLflow server says to a credential.
enum Verdict {
    /// The server knows the user and the password. It proves no permission for any experiment, and not that
    /// the HPC reaches the server.
    ACCEPTED("The server accepts the credential.", "Nothing is to be done."),
    /// The server asks for a password, and this isn't it.
    REFUSED(
            "The server refuses the username or the password.",
            "Put the credential again with what you log in with on that server."),
    /// The server knows the user, who may not list experiments.
    FORBIDDEN(
            "The server knows the user but lets them do nothing.",
            "Ask whoever runs the server for permission."),
    /// The server lets everybody in, so the credential can't be told right from wrong.
    OPEN_SERVER(
            "The server asks for no password, so it says nothing about the credential.",
            "Check the tracking URI; an open server needs no credential."),
    /// Whatever answers there is no MLflow, or hides it behind a login page.
    NOT_MLFLOW(
            "What answers at the tracking URI does not speak MLflow's API.",
            "Give the address that MLFLOW_TRACKING_URI has elsewhere, not a login page's."),
    /// No answer.
    UNREACHABLE(
            "The server can't be reached, or did not answer in time.",
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
