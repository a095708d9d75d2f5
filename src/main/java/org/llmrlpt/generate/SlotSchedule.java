package org.llmrlpt.generate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * Who has which slot. Sequences start in the order of the request, so a free slot goes to the group that has begun as
 * long as samples of it wait: until then some slot holds its prompt, from which the others copy it.
 */
final class SlotSchedule {
    /** New prompts start when one slot of so many is free: one prefill for several reads the weights once. */
    private static final int FREE_PART = 8;

    private final Deque<Sequence> waiting;
    private final List<Sequence> running = new ArrayList<>();
    private final Deque<Integer> free = new ArrayDeque<>();
    private final int[] heldPrompt;
    private final int enoughFree;
    private final CopyProgram copies;
    private final Consumer<List<Sequence>> prefill;
    private int begunPrompt = -1;
    private int begunSlot = -1;

    /**
     * All wait.
     *
     * @param copies copies a prompt's beginning from slot to slot
     * @param prefill computes the prompts' beginnings for sequences that have their slots
     */
    SlotSchedule(Collection<Sequence> sequences, int slots, CopyProgram copies, Consumer<List<Sequence>> prefill) {
        waiting = new ArrayDeque<>(sequences);
        heldPrompt = new int[slots];
        Arrays.fill(heldPrompt, -1);
        for (int s = 0; s < slots; s++) {
            free.add(s);
        }
        enoughFree = Math.max(1, slots / FREE_PART);
        this.copies = copies;
        this.prefill = prefill;
    }

    /** The sequences that have slots. */
    List<Sequence> running() {
        return running;
    }

    /** Lets waiting sequences start where there is room; false if none is left at all. */
    boolean admit() {
        List<Sequence> fresh = new ArrayList<>();
        boolean enough = free.size() >= Math.min(enoughFree, waiting.size());
        while (!free.isEmpty() && !waiting.isEmpty()) {
            Sequence next = waiting.peek();
            boolean begins = next.promptIndex() != begunPrompt;
            if (begins && !enough) {
                break;
            }
            waiting.remove();
            int slot = take(next.promptIndex());
            next.slot(slot);
            if (begins) {
                begunPrompt = next.promptIndex();
                begunSlot = slot;
                if (next.prefix() > 0) {
                    fresh.add(next);
                }
            } else if (heldPrompt[slot] != begunPrompt) {
                copies.add(begunSlot, slot, next.prefix());
            }
            heldPrompt[slot] = begunPrompt;
            running.add(next);
        }
        if (!fresh.isEmpty()) {
            prefill.accept(fresh);
        }
        copies.run();
        return !running.isEmpty();
    }

    /** A free slot; one that holds the prompt already, if there is one. */
    private int take(int prompt) {
        for (int slot : free) {
            if (heldPrompt[slot] == prompt) {
                free.remove((Integer) slot);
                return slot;
            }
        }
        return free.remove();
    }

    /** Frees the slots of sequences that have ended. */
    void releaseEnded() {
        for (Sequence s : running) {
            if (s.isEnded()) {
                free.add(s.slot());
            }
        }
        running.removeIf(Sequence::isEnded);
    }
}
