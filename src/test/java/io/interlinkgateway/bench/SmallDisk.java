package io.interlinkgateway.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// A disk of a limited size, which can be filled.
///
/// @param directory where it is mounted
public record SmallDisk(Path directory) implements AutoCloseable {

    private static final int BLOCK = 4096;

    /// @param directory an empty directory
    /// @param size its size, as `mount` takes it
    /// @return a new disk
    public static SmallDisk at(Path directory, String size) {
        Script.run("disk/small.sh", directory.toString(), size);
        return new SmallDisk(directory);
    }

    private Path ballast() {
        return directory.resolve("ballast");
    }

    /// Leaves no byte of room.
    public void fill() throws IOException {
        byte[] block = new byte[BLOCK];
        try (OutputStream ballast = Files.newOutputStream(ballast())) {
            while (Files.getFileStore(directory).getUsableSpace() > 0) {
                ballast.write(block);
            }
        } catch (IOException full) {
            if (Files.getFileStore(directory).getUsableSpace() > 0) {
                throw full;
            }
        }
    }

    /// Makes room again.
    public void free() throws IOException {
        Files.delete(ballast());
    }

    @Override
    public void close() {
        Script.output("umount", "--lazy", directory.toString());
    }
}
