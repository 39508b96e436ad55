package io.interlinkgateway.web;

import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/// A request is refused because of its headers. The problem's type is that of the status.
public final class RefusedRequestException extends ErrorResponseException {

    private final String message;
    private final String hint;

    /// @param status the status of the response, 4xx
    /// @param message the problem, as a whole sentence
    /// @param hint what to do about it, as a whole sentence
    public RefusedRequestException(HttpStatusCode status, String message, String hint) {
        super(status, ProblemDetail.forStatusAndDetail(status, message), null);
        this.message = message;
        this.hint = hint;
    }

    @Override
    public String getMessage() {
        return message;
    }

    /// @return what to do instead
    public String hint() {
        return hint;
    }
}
