package org.llmrlpt.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkersTest {
    @AfterEach
    void backToAllProcessors() {
        Workers.use(Runtime.getRuntime().availableProcessors());
    }

    @Test
    void everyTaskRunsOnceOnAnyNumberOfThreads() {
        for (int threads : new int[] {1, 2, 3, 7}) {
            Workers.use(threads);
            assertEquals(threads, Workers.threads());
            for (int round = 0; round < 3000; round++) {
                int tasks = round % 50;
                AtomicIntegerArray calls = new AtomicIntegerArray(50);
                Workers.forEach(tasks, calls::incrementAndGet);
                for (int i = 0; i < 50; i++) {
                    assertEquals(i < tasks ? 1 : 0, calls.get(i));
                }
            }
        }
    }

    @Test
    void loopsBegunAloneStayOnTheirThreadAndLeaveTheHelpersToOthers() throws Exception {
        Workers.use(2);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch shared = new CountDownLatch(1);
        Set<Thread> seen = ConcurrentHashMap.newKeySet();
        Thread alone = new Thread(() -> Workers.alone(() -> Workers.forEach(8, t -> {
            seen.add(Thread.currentThread());
            inside.countDown();
            await(shared);
        })));
        alone.start();
        await(inside);
        CountDownLatch both = new CountDownLatch(2);
        Workers.forEach(2, t -> {
            both.countDown();
            await(both);
        });
        shared.countDown();
        alone.join();
        assertEquals(Set.of(alone), seen);
    }

    @Test
    void severalThreadsTakePart() {
        Workers.use(3);
        CountDownLatch allHere = new CountDownLatch(3);
        Set<Thread> seen = ConcurrentHashMap.newKeySet();
        Workers.forEach(3, t -> {
            seen.add(Thread.currentThread());
            allHere.countDown();
            await(allHere);
        });
        assertEquals(3, seen.size());
        assertTrue(seen.contains(Thread.currentThread()));
    }

    @Test
    void sleepingHelpersWakeUp() throws InterruptedException {
        Workers.use(2);
        for (int round = 0; round < 5; round++) {
            Thread.sleep(20);
            CountDownLatch both = new CountDownLatch(2);
            Workers.forEach(2, t -> {
                both.countDown();
                await(both);
            });
            assertEquals(0, both.getCount());
        }
    }

    @Test
    void aLoopInsideATaskRunsOnThatTasksThread() {
        Workers.use(3);
        AtomicIntegerArray calls = new AtomicIntegerArray(100);
        Workers.forEach(10, outer -> {
            Thread here = Thread.currentThread();
            Workers.forEach(10, inner -> {
                assertSame(here, Thread.currentThread());
                calls.incrementAndGet(10 * outer + inner);
            });
        });
        for (int i = 0; i < 100; i++) {
            assertEquals(1, calls.get(i));
        }
    }

    @Test
    void whatATaskThrowsReachesTheCallerAndTheNextLoopWorks() {
        for (int threads = 1; threads <= 3; threads++) {
            Workers.use(threads);
            for (int round = 0; round < 200; round++) {
                int bad = round % 8;
                IllegalStateException thrown = assertThrows(IllegalStateException.class, () -> Workers.forEach(8, t -> {
                    if (t == bad) {
                        throw new IllegalStateException("task " + t);
                    }
                }));
                assertEquals("task " + bad, thrown.getMessage());
                AtomicIntegerArray calls = new AtomicIntegerArray(8);
                Workers.forEach(8, calls::incrementAndGet);
                assertEquals("[1, 1, 1, 1, 1, 1, 1, 1]", calls.toString());
            }
        }
    }

    @Test
    void twoThreadsMayLoopAtTheSameTime() throws InterruptedException {
        Workers.use(2);
        AtomicIntegerArray calls = new AtomicIntegerArray(2000);
        Thread other = new Thread(() -> countAll(calls, 0));
        other.start();
        countAll(calls, 1000);
        other.join();
        for (int i = 0; i < 2000; i++) {
            assertEquals(500, calls.get(i));
        }
    }

    @Test
    void theNumberOfThreadsCannotChangeInsideATask() {
        Workers.use(2);
        assertThrows(IllegalStateException.class, () -> Workers.forEach(4, t -> Workers.use(3)));
        assertThrows(IllegalArgumentException.class, () -> Workers.use(0));
        assertEquals(2, Workers.threads());
    }

    private static void countAll(AtomicIntegerArray calls, int from) {
        for (int round = 0; round < 500; round++) {
            Workers.forEach(1000, t -> calls.incrementAndGet(from + t));
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(20, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
