package uk.ac.manchester.tornado.api.fallback;

/** The times of one graph's tasks as TornadoVM's silent profiler notes them: one JSON object for each execution. */
final class ProfileLog {
    private final GraphSpec graph;
    private final StringBuilder text = new StringBuilder();
    private long begin;
    private int written;

    ProfileLog(GraphSpec graph) {
        this.graph = graph;
    }

    /** Begins the log of an execution. */
    void begin() {
        text.append("{\"").append(graph.name()).append("\": {");
        written = 0;
        begin = System.nanoTime();
    }

    /** Notes a task that ended now and began when the one before it ended. */
    void ended(TaskSpec task) {
        long now = System.nanoTime();
        text.append(written++ == 0 ? "" : ", ").append('"').append(task.qualifiedName())
                .append("\": {\"TASK_KERNEL_TIME\": \"").append(now - begin).append("\"}");
        begin = System.nanoTime();
    }

    /** Ends the log of an execution. */
    void end() {
        text.append("}}\n");
    }

    /** All executions so far, one object after the other. */
    String text() {
        return text.toString();
    }
}
