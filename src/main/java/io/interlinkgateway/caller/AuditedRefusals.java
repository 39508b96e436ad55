package io.interlinkgateway.caller;

import java.util.Objects;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.LifeCycle;

/// Adds a line to the audit log for requests that Jetty itself refuses, such as those with an ambiguous path. They do
/// not reach the filters.
///
/// @param audit writes the line
/// @param answer writes the response
record AuditedRefusals(AuditLogFilter audit, Request.Handler answer) implements Request.Handler {

    /// Wraps the server's error handler when the server starts, so that it does not matter when the error handler is
    /// set.
    static void install(Server server, AuditLogFilter audit) {
        server.addEventListener(
                new LifeCycle.Listener() {
                    @Override
                    public void lifeCycleStarting(LifeCycle starting) {
                        server.setErrorHandler(
                                new AuditedRefusals(
                                        audit,
                                        Objects.requireNonNullElseGet(
                                                server.getErrorHandler(), ErrorHandler::new)));
                    }
                });
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        audit.refused(
                request.getMethod(),
                Objects.requireNonNullElse(request.getHttpURI().getPath(), ""),
                response.getStatus());
        return answer.handle(request, response, callback);
    }
}
