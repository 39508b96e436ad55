package io.interlinkgateway.compute;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.eclipse.jetty.ee11.servlet.ServletApiRequest;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.util.BufferUtil;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.util.WebUtils;

/// The connection of a request. Jetty does not read from it while the request is handled, so Jetty does not notice if
/// the client closes it.
///
/// A client that only closes its sending side counts as disconnected, too: TCP does not distinguish the two.
final class ClientConnection {

    private final Connection connection;
    private boolean sentMore;

    ClientConnection(Connection connection) {
        this.connection = connection;
    }

    /// @return the connection of the request that this thread handles; empty if there is none
    static Optional<ClientConnection> current() {
        if (!(RequestContextHolder.getRequestAttributes()
                instanceof ServletRequestAttributes attributes)) {
            return Optional.empty();
        }
        ServletApiRequest request =
                WebUtils.getNativeRequest(attributes.getRequest(), ServletApiRequest.class);
        return request != null
                        && request.getRequest().getConnectionMetaData().getConnection()
                                instanceof Connection.UpgradeTo connection
                ? Optional.of(new ClientConnection((Connection) connection))
                : Optional.empty();
    }

    /// Whether the client has closed the connection. Must be called by the thread that handles the request, after the
    /// body was read.
    ///
    /// @return false also if this can't be determined
    boolean isClosed() {
        if (sentMore) {
            return false;
        }
        ByteBuffer next = BufferUtil.allocate(1);
        try {
            int read = connection.getEndPoint().fill(next);
            if (read > 0) {
                // The start of the client's next request (pipelining) is put back into Jetty's
                // buffer.
                ((Connection.UpgradeTo) connection).onUpgradeTo(next);
                sentMore = true;
            }
            return read < 0;
        } catch (IOException _) {
            return true;
        }
    }
}
