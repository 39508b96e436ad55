package io.interlinkgateway.failure;

/// A value object's refusal. Whoever knows the field turns it into a [Finding].
public final class InvalidValueException extends IllegalArgumentException {

    private final String hint;

    /// @param message what is wrong, a whole sentence
    /// @param hint what to do about it, a whole sentence
    public InvalidValueException(String message, String hint) {
        super(message);
        this.hint = hint;
    }

    /// What to do about it.
    ///
    /// @return a whole sentence
    public String hint() {
        return hint;
    }

    /// None is taken: a document can have a hundred thousand wrong values, and each is caught where it is found.
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
