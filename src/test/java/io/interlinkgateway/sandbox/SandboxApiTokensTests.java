package io.interlinkgateway.sandbox;

import io.interlinkgateway.contract.ApiTokensContract;
import io.interlinkgateway.token.ApiTokens;

class SandboxApiTokensTests implements ApiTokensContract {

    private final SandboxApiTokens tokens = new SandboxApiTokens();

    @Override
    public ApiTokens tokens() {
        return tokens;
    }
}
