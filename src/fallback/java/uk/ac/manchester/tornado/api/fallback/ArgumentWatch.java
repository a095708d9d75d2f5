package uk.ac.manchester.tornado.api.fallback;

/** Watches what a task does with one array argument, and refuses what comes out differently on a device. */
final class ArgumentWatch implements ArrayWatch {
    private final TaskSpec task;
    private final int argument;
    private final boolean givenAgain;
    private final AccessLog log;
    private final ThreadPosition position;

    /** An argument; {@code givenAgain} says that a later one is the same array. */
    ArgumentWatch(TaskSpec task, int argument, boolean givenAgain, AccessLog log, ThreadPosition position) {
        this.task = task;
        this.argument = argument;
        this.givenAgain = givenAgain;
        this.log = log;
        this.position = position;
    }

    @Override
    public void read(int index) {
        if (log.readRaces(index, position)) { throw race(index, "reads"); }
    }

    @Override
    public void written(int index) {
        if (givenAgain) {
            throw new RuleViolation("Task " + task.qualifiedName() + " writes its argument " + argument
                    + " and gets the same array again after it: the task then depends on itself, and TornadoVM never "
                    + "finishes ordering the graph; let the written array be the last one");
        }
        if (log.writeRaces(index, position)) { throw race(index, "writes"); }
    }

    private RuleViolation race(int index, String what) {
        return new RuleViolation("In task " + task.qualifiedName() + " thread " + position.thread + " of work-group "
                + position.group + " " + what + " element " + index + " of argument " + argument
                + " and another thread uses it too, with no barrier of one work-group between them; on a device "
                + "either may come first");
    }
}
