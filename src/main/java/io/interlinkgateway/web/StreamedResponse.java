package io.interlinkgateway.web;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;

/// A response that is written while things happen, for hours if necessary. It is used by the `Callable` that a
/// controller returns, on a virtual thread of its own (ADR 16). One of its methods is called, once. A HEAD request
/// receives the headers that a GET request would receive, and no body.
///
/// A `StreamingResponseBody` can't be used: what it flushes does not reach the client since Spring Framework 7.0.6 (its
/// issue 36385).
public final class StreamedResponse {

    /// Bytes. Thousands of clients wait, and each has a buffer meanwhile.
    private static final int BUFFER = 4096;

    private final HttpMethod method;
    private final HttpServletResponse response;

    /// Writes the body of a text.
    @FunctionalInterface
    public interface Body {

        /// @param response the response, whose headers are not sent yet
        /// @throws IOException if the client disconnected, or the text can't be completed: the connection is closed, so
        ///     that no client treats an incomplete text as complete
        /// @throws InterruptedException if the thread is interrupted while it waits
        void write(HttpServletResponse response) throws IOException, InterruptedException;
    }

    /// @param method the request's method
    /// @param response a response to which nothing has been written
    public StreamedResponse(HttpMethod method, HttpServletResponse response) {
        this.method = method;
        this.response = response;
    }

    /// Responds with 204: the client has received everything.
    public void noContent() {
        unbuffered();
        response.setStatus(HttpStatus.NO_CONTENT.value());
    }

    /// Responds with text.
    ///
    /// @param body writes the text
    /// @throws IOException see [Body#write]
    /// @throws InterruptedException see [Body#write]
    public void text(Body body) throws IOException, InterruptedException {
        unbuffered();
        response.setContentType(MediaType.TEXT_PLAIN_VALUE + ";charset=utf-8");
        response.setHeader("X-Content-Type-Options", "nosniff");
        write(body);
    }

    /// Responds with server-sent events until their source ends, or the thread is interrupted. A client that
    /// disconnected is detected at the second heartbeat.
    ///
    /// @param type `text/event-stream`, possibly with parameters
    /// @param source writes the events
    /// @param heartbeat how long the source may be quiet before a heartbeat is sent
    /// @throws IOException if the client disconnected
    public void events(MediaType type, EventSource source, Duration heartbeat) throws IOException {
        unbuffered();
        response.setContentType(type.toString());
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        try {
            write(_ -> send(source, heartbeat));
        } catch (InterruptedException _) {
            // The gateway stops. A client that reconnects with its last id misses nothing.
            return;
        }
    }

    private void send(EventSource source, Duration heartbeat)
            throws IOException, InterruptedException {
        OutputStream client = response.getOutputStream();
        source.begin(client);
        EventSource.Progress progress;
        do {
            response.flushBuffer();
            progress = source.next(heartbeat, client);
            if (progress == EventSource.Progress.QUIET) {
                client.write(source.heartbeat());
            }
        } while (progress != EventSource.Progress.ENDED);
        response.flushBuffer();
    }

    /// Requests that proxies forward the response as it is written.
    private void unbuffered() {
        response.setBufferSize(BUFFER);
        response.setHeader("X-Accel-Buffering", "no");
    }

    private void write(Body body) throws IOException, InterruptedException {
        if (HttpMethod.HEAD.equals(method)) {
            // Otherwise the server would add a length of 0.
            response.flushBuffer();
        } else {
            body.write(response);
        }
    }
}
