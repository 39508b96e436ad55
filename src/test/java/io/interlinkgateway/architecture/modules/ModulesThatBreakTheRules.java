package io.interlinkgateway.architecture.modules;

import org.springframework.modulith.Modulithic;

/// The root of modules whose arrows point the wrong way.
@Modulithic
public final class ModulesThatBreakTheRules {

    private ModulesThatBreakTheRules() {}
}
