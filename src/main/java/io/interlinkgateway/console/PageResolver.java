package io.interlinkgateway.console;

import java.io.IOException;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.web.servlet.resource.PathResourceResolver;

/// Resolves every path of the console to its only page, whose script shows the view of that path. If the gateway was
/// built without the console, this is a page that explains how to get it.
final class PageResolver extends PathResourceResolver {

    private final Resource missing;

    PageResolver() throws IOException {
        Resource page = new ClassPathResource("missing.html", PageResolver.class);
        missing =
                new ByteArrayResource(page.getContentAsByteArray()) {
                    @Override
                    public String getFilename() {
                        return "missing.html";
                    }
                };
    }

    @Override
    protected Resource getResource(String path, Resource location) throws IOException {
        Resource page = location.createRelative("index.html");
        return page.isReadable() ? page : missing;
    }
}
