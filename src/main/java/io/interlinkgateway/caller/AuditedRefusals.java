package io.interlinkgateway.caller;

import java.util.Objects;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.LifeCycle;

/// Gives the requests that Jetty itself refuses, such as those with an ambiguous path, their line in the audit log.
/// No filter sees them.
///
/// @param audit where the line goes
/// @param answer what answers the request
record AuditedRefusals(AuditLogFilter audit, Request.Handler answer) implements Request.Handler {

    /// Puts it around the error handler that the server has when it starts, so that the order in which it is set does not matter.
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
