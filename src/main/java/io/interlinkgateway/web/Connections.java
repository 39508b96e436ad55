package io.interlinkgateway.web;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee11.servlet.ServletApiRequest;
import org.eclipse.jetty.ee11.servlet.ServletContextRequest;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Scheduler;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.stereotype.Component;
import org.springframework.web.util.WebUtils;

/// Limits the number of open connections. New connections are always accepted: if there are too many, the connection
/// that has been without a request of an authenticated caller for the longest time is closed instead. If new
/// connections were refused, unauthenticated clients could block all others, including the probes. A connection that
/// never had a request of an authenticated caller is also closed if it is idle, or its request incomplete, for too
/// long. Connections with an active request of an authenticated caller are never closed here. Thread-safe.
@Component
public final class Connections implements Connection.Listener {

    private static final String ADMITTED = Connections.class.getName() + ".admitted";
    private static final Duration SWEEP_INTERVAL = Duration.ofSeconds(1);

    private final Properties properties;
    private final Refusals refusals;

    /// Connections without an authenticated caller so far, each with the time since which it waits; the first waits
    /// longest.
    private final SequencedMap<Connection, Long> unauthenticated = new LinkedHashMap<>();

    /// Connections that had a request of an authenticated caller and have none now, in the same order.
    private final SequencedMap<Connection, Long> waiting = new LinkedHashMap<>();

    /// Connections with active requests of authenticated callers, and the number of these requests.
    private final Map<Connection, Integer> served = new HashMap<>();

    private boolean sweeping;

    Connections(Properties properties, Refusals refusals) {
        this.properties = properties;
        this.refusals = refusals;
    }

    /// @param max the maximum number of connections, less than the number of the server's threads
    ///     (`server.jetty.threads.max`); one more closes the connection that has waited longest without a request of
    ///     an authenticated caller
    /// @param unauthenticatedTimeout how long a connection may stay open that never had a request of an authenticated caller:
    ///     from its start, or from the end of its last request, to the end of the next
    @ConfigurationProperties("gateway.connections")
    record Properties(
            @DefaultValue("8000") int max, @DefaultValue("30s") Duration unauthenticatedTimeout) {

        Properties {
            if (max < 1 || !unauthenticatedTimeout.isPositive()) {
                throw new IllegalArgumentException(
                        "gateway.connections.max and gateway.connections.unauthenticated-timeout"
                                + " must be positive.");
            }
        }
    }

    /// The maximum number of connections.
    ///
    /// @return `gateway.connections.max`
    public int max() {
        return properties.max();
    }

    /// Marks the request as one of an authenticated caller: it may take longer, and the rest of its body is read if
    /// it is refused.
    ///
    /// @param request a request that Jetty handles
    public void admit(HttpServletRequest request) {
        if (isAdmitted(request)) {
            return;
        }
        request.setAttribute(ADMITTED, true);
        exchangeOf(request)
                .ifPresent(exchange -> {
                    exchange.getServletContextResponse().getHeaders().remove(HttpHeader.CONNECTION);
                    Connection connection = exchange.getConnectionMetaData().getConnection();
                    if (isOpen(connection)) {
                        Request.addCompletionListener(exchange, _ -> served(connection));
                    }
                });
    }

    /// @return whether the connection is still open
    private synchronized boolean isOpen(Connection connection) {
        boolean open =
                unauthenticated.remove(connection) != null
                        || waiting.remove(connection) != null
                        || served.containsKey(connection);
        if (open) {
            served.merge(connection, 1, Integer::sum);
        }
        return open;
    }

    /// Whether the request is one of an authenticated caller.
    ///
    /// @param request any request
    /// @return whether [#admit] was called with it
    static boolean isAdmitted(HttpServletRequest request) {
        return request.getAttribute(ADMITTED) != null;
    }

    /// Registers the start of a request. Unless [#admit] is called: if the request has a body, the body is not read
    /// and the connection is closed after the response; if not, the connection's time starts again after the
    /// response.
    void started(HttpServletRequest request) {
        exchangeOf(request)
                .ifPresent(exchange -> {
                    if (exchange.getLength() > 0
                            || exchange.getHeaders().contains(HttpHeader.TRANSFER_ENCODING)) {
                        exchange.getServletContextResponse()
                                .getHeaders()
                                .put(HttpFields.CONNECTION_CLOSE);
                    }
                    Connection connection = exchange.getConnectionMetaData().getConnection();
                    Request.addCompletionListener(exchange, _ -> answered(connection));
                });
    }

    /// Jetty's request, or nothing if there is no server.
    static Optional<ServletContextRequest> exchangeOf(HttpServletRequest request) {
        return Optional.ofNullable(WebUtils.getNativeRequest(request, ServletApiRequest.class))
                .map(ServletContextRequest::getServletContextRequest);
    }

    @Override
    public void onOpened(Connection connection) {
        if (!(connection instanceof ConnectionMetaData http)) {
            return;
        }
        Connection ended = null;
        boolean sweepNow;
        synchronized (this) {
            unauthenticated.put(connection, System.nanoTime());
            if (unauthenticated.size() + waiting.size() + served.size() > properties.max()) {
                ended =
                        (waiting.isEmpty() || unauthenticated.size() > 1
                                        ? unauthenticated
                                        : waiting)
                                .pollFirstEntry()
                                .getKey();
            }
            sweepNow = !sweeping;
            sweeping = true;
        }
        if (ended != null) {
            refusals.refused(
                    Refusals.Cause.TOO_MANY_CONNECTIONS,
                    "There are "
                            + properties.max()
                            + " connections, and one more from "
                            + addressOf(connection)
                            + ".");
            ended.getEndPoint().close();
        }
        if (sweepNow) {
            sweepLater(http.getConnector().getScheduler());
        }
    }

    @Override
    public synchronized void onClosed(Connection connection) {
        unauthenticated.remove(connection);
        waiting.remove(connection);
        served.remove(connection);
    }

    private synchronized void served(Connection connection) {
        Integer requests = served.get(connection);
        if (requests == null) {
            return;
        }
        if (requests > 1) {
            served.put(connection, requests - 1);
        } else {
            served.remove(connection);
            waiting.put(connection, System.nanoTime());
        }
    }

    private synchronized void answered(Connection connection) {
        if (unauthenticated.remove(connection) != null) {
            unauthenticated.put(connection, System.nanoTime());
        }
    }

    private void sweepLater(Scheduler scheduler) {
        scheduler.schedule(
                () -> sweep(scheduler), SWEEP_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void sweep(Scheduler scheduler) {
        List<Connection> ended = new ArrayList<>();
        boolean again;
        synchronized (this) {
            long now = System.nanoTime();
            while (!unauthenticated.isEmpty()
                    && now - unauthenticated.firstEntry().getValue()
                            > properties.unauthenticatedTimeout().toNanos()) {
                ended.add(unauthenticated.pollFirstEntry().getKey());
            }
            again = !unauthenticated.isEmpty();
            sweeping = again;
        }
        for (Connection connection : ended) {
            if (connection.getBytesIn() > 0 && connection.getMessagesIn() == 0) {
                refusals.refused(
                        Refusals.Cause.REQUEST_TOO_SLOW,
                        "From "
                                + addressOf(connection)
                                + " came "
                                + connection.getBytesIn()
                                + " bytes of headers in "
                                + properties.unauthenticatedTimeout().toSeconds()
                                + " s.");
            }
            connection.getEndPoint().close();
        }
        if (again) {
            sweepLater(scheduler);
        }
    }

    private static String addressOf(Connection connection) {
        return connection.getEndPoint().getRemoteSocketAddress()
                        instanceof InetSocketAddress address
                ? address.getHostString()
                : "an unknown address";
    }
}
