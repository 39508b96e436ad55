package io.interlinkgateway.architecture.modules.high;

/// Is used from below.
public record High(int level) {}
