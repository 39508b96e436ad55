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

/// The connection that a request came by. Jetty does not read from it while the request is handled, so it does not
/// notice that the client left.
///
/// A client that only closes its sending side counts as disconnected, too: TCP does not distinguish the two.
final class ClientConnection {

    private final Connection connection;
    private boolean sentMore;

    ClientConnection(Connection connection) {
        this.connection = connection;
    }

    /// @return the connection of the request that this thread handles, unless it handles none of a real connection
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

    /// Whether the client left. To be asked by the thread that handles the request, after it read the body.
    ///
    /// @return false also where that is not known
    boolean isClosed() {
        if (sentMore) {
            return false;
        }
        ByteBuffer next = BufferUtil.allocate(1);
        try {
            int read = connection.getEndPoint().fill(next);
            if (read > 0) {
                // The begin of the client's next request (pipelining) goes where Jetty will look
                // for it.
                ((Connection.UpgradeTo) connection).onUpgradeTo(next);
                sentMore = true;
            }
            return read < 0;
        } catch (IOException broken) {
            return true;
        }
    }
}
