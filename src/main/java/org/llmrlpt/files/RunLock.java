package org.llmrlpt.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.llmrlpt.config.FileProblem;
import org.llmrlpt.config.UserError;

/**
 * Keeps two processes out of one run folder, by a lock of the operating system on its file {@code .lock}. The lock
 * ends with the process, however that ends; the file stays and means nothing by itself.
 */
public final class RunLock implements AutoCloseable {
    static final String FILE = ".lock";
    /** Closing any channel of a file gives up all of the process's locks on it, so a second one is never opened. */
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path key;
    private final FileChannel channel;

    private RunLock(Path key, FileChannel channel) {
        this.key = key;
        this.channel = channel;
    }

    /** Locks {@code folder}, or says in a {@link UserError} who has it. */
    public static RunLock acquire(Path folder) {
        Path key = null;
        FileChannel channel = null;
        boolean done = false;
        try {
            Path real = folder.toRealPath();
            if (!HELD_HERE.add(real)) { throw taken(folder, "this process"); }
            key = real;
            channel = FileChannel.open(folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) { throw taken(folder, "process " + read(channel)); }
            channel.truncate(0);
            channel.write(StandardCharsets.US_ASCII.encode(Long.toString(ProcessHandle.current().pid())));
            done = true;
            return new RunLock(key, channel);
        } catch (IOException e) {
            throw new UserError("Cannot lock " + folder.resolve(FILE) + ": " + FileProblem.reason(e)
                + "; check its permissions, or use another run.", e);
        } finally {
            if (!done) { release(key, channel); }
        }
    }

    private static UserError taken(Path folder, String who) {
        return new UserError("The run folder " + folder + " is in use by " + who
            + ": wait until that ends, or use another run.");
    }

    private static String read(FileChannel channel) throws IOException {
        ByteBuffer pid = ByteBuffer.allocate(20);
        channel.read(pid, 0);
        return StandardCharsets.US_ASCII.decode(pid.flip()).toString();
    }

    private static void release(Path key, FileChannel channel) {
        try {
            if (channel != null) { channel.close(); }
        } catch (IOException ignored) {
            // The descriptor is gone whatever close() says, and the lock with it.
        }
        if (key != null) { HELD_HERE.remove(key); }
    }

    @Override
    public void close() {
        release(key, channel);
    }
}
