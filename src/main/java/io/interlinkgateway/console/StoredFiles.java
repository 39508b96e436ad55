package io.interlinkgateway.console;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import org.springframework.core.io.AbstractResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/// A folder of the classpath, or a file in it, whose content was read once. Requests must not read it from the jar: the
/// thread of a request is virtual, and can lose its carrier while it holds the jar's lock. If all carriers then load
/// classes, which needs the same lock, none is left for the thread that holds it, and the gateway stands still.
final class StoredFiles extends AbstractResource {

    private final Map<String, byte[]> contents;
    private final String path;

    private StoredFiles(Map<String, byte[]> contents, String path) {
        this.contents = contents;
        this.path = path;
    }

    /// Reads all files below a folder, wherever the classpath has it. There are none if it does not.
    ///
    /// @param folder the path in the classpath, with a slash at its end, which no path in it contains
    static StoredFiles read(String folder) throws IOException {
        Map<String, byte[]> contents = new HashMap<>();
        for (Resource file :
                new PathMatchingResourcePatternResolver()
                        .getResources("classpath*:" + folder + "**")) {
            String address = file.getURL().toString();
            if (file.isReadable() && !address.endsWith("/")) {
                String path = address.substring(address.lastIndexOf("/" + folder) + 1);
                contents.putIfAbsent(path.substring(folder.length()), file.getContentAsByteArray());
            }
        }
        return new StoredFiles(Map.copyOf(contents), "");
    }

    @Override
    public StoredFiles createRelative(String relative) {
        return new StoredFiles(contents, path.substring(0, path.lastIndexOf('/') + 1) + relative);
    }

    @Override
    public boolean exists() {
        return contents.containsKey(path);
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return new ByteArrayInputStream(content());
    }

    @Override
    public long contentLength() throws IOException {
        return content().length;
    }

    private byte[] content() throws FileNotFoundException {
        byte[] content = contents.get(path);
        if (content == null) {
            throw new FileNotFoundException(getDescription());
        }
        return content;
    }

    @Override
    public String getFilename() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    @Override
    public String getDescription() {
        return "file of the console [" + path + "]";
    }
}
