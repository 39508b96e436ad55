package io.interlinkgateway.sandbox;

import io.interlinkgateway.caller.ApiTokens;
import io.interlinkgateway.contract.ApiTokensContract;

class SandboxApiTokensTests implements ApiTokensContract {

    private final SandboxApiTokens tokens = new SandboxApiTokens();

    @Override
    public ApiTokens tokens() {
        return tokens;
    }
}
