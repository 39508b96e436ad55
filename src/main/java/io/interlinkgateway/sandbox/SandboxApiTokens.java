package io.interlinkgateway.sandbox;

import io.interlinkgateway.token.ApiToken;
import io.interlinkgateway.token.ApiTokens;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/// API tokens in memory.
final class SandboxApiTokens implements ApiTokens {

    private final SequencedMap<String, ApiToken> tokens = new LinkedHashMap<>();

    @Override
    public synchronized void add(ApiToken token) {
        tokens.put(token.id(), token);
    }

    @Override
    public synchronized Optional<ApiToken> find(String id) {
        return Optional.ofNullable(tokens.get(id));
    }

    @Override
    public synchronized List<ApiToken> ownedBy(String owner) {
        return tokens.values().stream().filter(token -> token.owner().equals(owner)).toList();
    }

    @Override
    public synchronized void delete(String id) {
        tokens.remove(id);
    }
}
