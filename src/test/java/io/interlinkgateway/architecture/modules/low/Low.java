package io.interlinkgateway.architecture.modules.low;

import io.interlinkgateway.architecture.modules.high.High;

/// Uses what its module may not.
public record Low(High high) {}
