package io.interlinkgateway.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.util.DigestUtils;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.resource.EncodedResourceResolver;
import org.springframework.web.servlet.resource.PathResourceResolver;

/// Serves the console's files, compressed if the client accepts it. The names of assets contain a hash of their
/// content, so that browsers keep them; every other path is a page of the console and is asked for again.
@ConditionalOnBooleanProperty(name = ConsoleProperties.ENABLED, matchIfMissing = true)
@Configuration(proxyBeanMethods = false)
class ConsoleFiles implements WebMvcConfigurer {

    private static final CacheControl FOREVER =
            CacheControl.maxAge(Duration.ofDays(365)).cachePublic().immutable();

    private final StoredFiles files;
    private final PageResolver pages;

    ConsoleFiles() throws IOException {
        files = StoredFiles.read("console/");
        pages = new PageResolver();
    }

    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
        registry.addResourceHandler("/console/assets/**")
                .addResourceLocations(files.createRelative("assets/"))
                .setCacheControl(FOREVER)
                .setUseLastModified(false)
                .resourceChain(true)
                .addResolver(new EncodedResourceResolver())
                .addResolver(new AssetResolver());
        registry.addResourceHandler("/console/**")
                .addResourceLocations(files)
                .setCacheControl(CacheControl.noCache())
                // Not the time of the last change, which is the same for every build of the jar.
                .setUseLastModified(false)
                .setEtagGenerator(ConsoleFiles::digest)
                // No cache: it would keep every path that clients invent.
                .resourceChain(false)
                .addResolver(new EncodedResourceResolver())
                .addResolver(pages);
    }

    /// Resolves a name among the stored files, of which none is outside of the location.
    private static final class AssetResolver extends PathResourceResolver {

        @Override
        protected boolean checkResource(Resource resource, Resource location) {
            return true;
        }
    }

    private static String digest(Resource page) {
        try {
            return DigestUtils.md5DigestAsHex(page.getContentAsByteArray());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void addViewControllers(ViewControllerRegistry registry) {
        registry.addRedirectViewController("/console", "/console/");
        // Resource handlers do not resolve the empty path.
        registry.addViewController("/console/").setViewName("forward:/console/index.html");
    }
}
