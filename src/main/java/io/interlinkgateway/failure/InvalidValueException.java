package io.interlinkgateway.failure;

/// A value object refuses a value. Code that knows the field converts this to a [Finding].
public final class InvalidValueException extends IllegalArgumentException {

    private final String hint;

    /// @param message the problem, as a whole sentence
    /// @param hint what to do about it, as a whole sentence
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

    /// Omits the stack trace: a document can have a hundred thousand invalid values, and each exception is caught by
    /// the code that checks the value.
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
