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

/// The open connections, of which there are never more than a limit. New ones are always accepted: when there are too
/// many, the connection that has waited longest without a request of a known caller is ended instead. A limit that refused
/// new connections would let strangers keep everybody out, the probes too. A connection that never had a request of a
/// known caller also ends when it is silent, or its request unfinished, for too long. Connections with a known caller's
/// request in them are never ended here. Safe for many threads.
@Component
public final class Connections implements Connection.Listener {

    private static final String ADMITTED = Connections.class.getName() + ".admitted";
    private static final Duration BETWEEN_SWEEPS = Duration.ofSeconds(1);

    private final Properties properties;
    private final Refusals refusals;

    /// Connections without a known caller yet, each with the time since which it waits; the first waits longest.
    private final SequencedMap<Connection, Long> strangers = new LinkedHashMap<>();

    /// Connections that had a known caller's request and now have none, ordered likewise.
    private final SequencedMap<Connection, Long> waiting = new LinkedHashMap<>();

    /// Connections with known callers' requests, and how many.
    private final Map<Connection, Integer> served = new HashMap<>();

    private boolean sweeping;

    Connections(Properties properties, Refusals refusals) {
        this.properties = properties;
        this.refusals = refusals;
    }

    /// @param max the most connections at a time, fewer than the server has threads (`server.jetty.threads.max`);
    ///     one more ends the connection that has waited longest without a request of an authenticated caller
    /// @param strangersWait how long a connection is kept that never had a request of an authenticated caller: from
    ///     its start, or from the end of its last request, to the end of the next
    @ConfigurationProperties("gateway.connections")
    record Properties(@DefaultValue("8000") int max, @DefaultValue("30s") Duration strangersWait) {

        Properties {
            if (max < 1 || !strangersWait.isPositive()) {
                throw new IllegalArgumentException(
                        "gateway.connections.max and gateway.connections.strangers-wait must be"
                                + " positive.");
            }
        }
    }

    /// How many connections there may be.
    ///
    /// @return `gateway.connections.max`
    public int max() {
        return properties.max();
    }

    /// Says that the request is of a known caller: it may take its time, and what is left of its body is read when it is
    /// refused.
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
                    if (serves(connection)) {
                        Request.addCompletionListener(exchange, _ -> served(connection));
                    }
                });
    }

    /// @return whether the connection is still there
    private synchronized boolean serves(Connection connection) {
        boolean open =
                strangers.remove(connection) != null
                        || waiting.remove(connection) != null
                        || served.containsKey(connection);
        if (open) {
            served.merge(connection, 1, Integer::sum);
        }
        return open;
    }

    /// Whether the request is of a known caller.
    ///
    /// @param request any request
    /// @return whether [#admit] had it
    static boolean isAdmitted(HttpServletRequest request) {
        return request.getAttribute(ADMITTED) != null;
    }

    /// Notes that a request begins. As long as it is a stranger's, its connection ends after the answer if it has a body,
    /// which is not read; if it has none, the connection's time starts again after it.
    void begun(HttpServletRequest request) {
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

    /// Jetty's request, or none where requests come without a server.
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
            strangers.put(connection, System.nanoTime());
            if (strangers.size() + waiting.size() + served.size() > properties.max()) {
                ended =
                        (waiting.isEmpty() || strangers.size() > 1 ? strangers : waiting)
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
        strangers.remove(connection);
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
        if (strangers.remove(connection) != null) {
            strangers.put(connection, System.nanoTime());
        }
    }

    private void sweepLater(Scheduler scheduler) {
        scheduler.schedule(
                () -> sweep(scheduler), BETWEEN_SWEEPS.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void sweep(Scheduler scheduler) {
        List<Connection> ended = new ArrayList<>();
        boolean again;
        synchronized (this) {
            long now = System.nanoTime();
            while (!strangers.isEmpty()
                    && now - strangers.firstEntry().getValue()
                            > properties.strangersWait().toNanos()) {
                ended.add(strangers.pollFirstEntry().getKey());
            }
            again = !strangers.isEmpty();
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
                                + properties.strangersWait().toSeconds()
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
