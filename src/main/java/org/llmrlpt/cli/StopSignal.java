package org.llmrlpt.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Lets Ctrl-C and SIGTERM end a run in good order: the signal only raises a flag, the virtual machine waits until the
 * work has saved its state and closed this, and then exits.
 */
final class StopSignal implements BooleanSupplier, AutoCloseable {
    /** Longer than any step and checkpoint should take. */
    private static final long PATIENCE_MINUTES = 10;

    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread hook = new Thread(this::onSignal, "stop-signal");
    private volatile boolean raised;

    private StopSignal() {
    }

    static StopSignal install() {
        StopSignal signal = new StopSignal();
        Runtime.getRuntime().addShutdownHook(signal.hook);
        return signal;
    }

    private void onSignal() {
        raised = true;
        try {
            finished.await(PATIENCE_MINUTES, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean getAsBoolean() {
        return raised;
    }

    /** The work is done or saved: an exit that waits for it may go on. */
    @Override
    public void close() {
        finished.countDown();
        if (!raised) {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }
}
