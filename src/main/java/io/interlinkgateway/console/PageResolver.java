package io.interlinkgateway.console;

import java.io.IOException;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.web.servlet.resource.PathResourceResolver;

/// Resolves every path of the console to its only page, whose script shows the view of that path. If the gateway was
/// built without the console, this is a page that explains how to get it.
final class PageResolver extends PathResourceResolver {

    private static final Resource MISSING =
            new ClassPathResource("missing.html", PageResolver.class);

    @Override
    protected Resource getResource(String path, Resource location) throws IOException {
        Resource page = location.createRelative("index.html");
        return page.isReadable() ? page : MISSING;
    }
}
