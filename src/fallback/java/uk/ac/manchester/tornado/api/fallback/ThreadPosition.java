package uk.ac.manchester.tornado.api.fallback;

/** Which thread of a task runs now, and how many barriers its work-group has passed. */
final class ThreadPosition {
    int group;
    int thread;
    int phase;

    void set(int newGroup, int newThread, int newPhase) {
        group = newGroup;
        thread = newThread;
        phase = newPhase;
    }
}
