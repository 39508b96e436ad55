package io.interlinkgateway.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A stream that is opened when it is first read.
final class DeferredStream extends InputStream {

    private final Supplier<InputStream> opening;
    private @Nullable InputStream opened;

    DeferredStream(Supplier<InputStream> opening) {
        this.opening = opening;
    }

    private InputStream opened() {
        InputStream stream = opened;
        if (stream == null) {
            stream = opening.get();
            opened = stream;
        }
        return stream;
    }

    @Override
    public int read() throws IOException {
        return opened().read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        return opened().read(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
        if (opened != null) {
            opened.close();
        }
    }
}
