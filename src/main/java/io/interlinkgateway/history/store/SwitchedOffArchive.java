package io.interlinkgateway.history.store;

import io.interlinkgateway.history.ArchivedLog;
import io.interlinkgateway.history.LogArchive;
import io.interlinkgateway.history.MlflowLink;
import io.interlinkgateway.job.NodeName;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The archive of logs without a database: nothing is stored, and callers who read it get
/// [GatewayException.SwitchedOff].
final class SwitchedOffArchive implements LogArchive {

    @Override
    public boolean reserve(String uid, String container, Duration period) {
        return false;
    }

    @Override
    public boolean store(String uid, ArchivedLog log, List<Chunk> chunks) {
        return false;
    }

    @Override
    public boolean storeAtEnd(String uid, ArchivedLog log, List<Chunk> chunks) {
        return false;
    }

    @Override
    public void link(String uid, MlflowLink link) {}

    @Override
    public List<Due> due(int most, Set<NodeName> except) {
        return List.of();
    }

    @Override
    public Optional<ArchivedLog> find(String uid, String container) {
        throw SwitchedOffHistory.off();
    }

    @Override
    public InputStream read(String uid, String container, long start) {
        throw SwitchedOffHistory.off();
    }

    @Override
    public long tail(String uid, String container, int lines) {
        throw SwitchedOffHistory.off();
    }
}
