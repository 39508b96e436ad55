package io.interlinkgateway.credential;

/// The result of checking a credential with an MLflow server.
enum Verdict {
    /// The server accepts the login. This does not prove permissions for experiments, nor that the HPC can reach the
    /// server.
    ACCEPTED("The server accepts the credential.", "No action is needed."),
    /// The server requires a login and does not accept this one.
    REFUSED(
            "The server rejects the credential.",
            "Store the credential again with what you log in with on this server."),
    /// The server accepts the login, but the user may not list experiments.
    FORBIDDEN(
            "The server forbids listing experiments: the credential's user lacks permissions, or"
                    + " the server refuses all requests from the gateway.",
            "Ask the server's administrator for permission."),
    /// The server requires no login, so the credential can't be verified.
    OPEN_SERVER(
            "The server requires no password, so the credential cannot be verified.",
            "Check the tracking URI. An open server needs no credential."),
    /// The server accepts tokens, but the credential is a username with a password.
    TOKEN_REQUIRED(
            "The server requires a token, and the credential has a username and a password.",
            "Store the credential again with a token from this server."),
    /// The server accepts a username with a password, but the credential is a token.
    PASSWORD_REQUIRED(
            "The server requires a username and a password, and the credential has a token.",
            "Store the credential again with the username and password for this server."),
    /// The API is at another address, or behind a login page.
    REDIRECTED(
            "The server redirects to another address.",
            "Use that address as trackingUri if it is your MLflow server. If it is a login page,"
                    + " ask the server's administrator for an address for programs."),
    /// The server's certificate is not signed by an authority that the gateway trusts, is for another name, or is not
    /// valid now. The credential was not sent.
    CERTIFICATE_NOT_TRUSTED(
            "The server's certificate is not trusted, or is for another name.",
            "Use the name that the certificate is for, or ask the server's administrator for a"
                    + " certificate of a public authority."),
    /// The server is overloaded, starting, or limits requests.
    TRY_LATER(
            "The server is busy or down, or reports an error of its own.",
            "Try again later. The credential has not been checked yet."),
    /// The server is not MLflow, or MLflow is behind a login page.
    NOT_MLFLOW(
            "The server at the tracking URI is not an MLflow server.",
            "Use the address that MLflow's clients use as MLFLOW_TRACKING_URI, not that of a login"
                    + " page."),
    /// The server did not respond.
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
