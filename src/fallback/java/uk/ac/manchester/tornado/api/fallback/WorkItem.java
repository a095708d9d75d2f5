package uk.ac.manchester.tornado.api.fallback;

/** One thread of a grid: where it is, and its work-group. */
public final class WorkItem {
    private static final int[] ZERO = new int[3];
    /** Outside any grid: all numbers are zero, barriers do nothing, local arrays are the caller's own. */
    public static final WorkItem NONE = new WorkItem();

    private final WorkGroup group;
    private final WorkShape shape;
    private final int index;
    private int allocations;

    private WorkItem() {
        group = null;
        shape = new WorkShape(ZERO, new int[] {1, 1, 1}, ZERO, ZERO);
        index = 0;
    }

    WorkItem(WorkGroup group, WorkShape shape, int index) {
        this.group = group;
        this.shape = shape;
        this.index = index;
    }

    /** Returns the thread's number in the grid. */
    public int globalId(int dimension) {
        return shape.offset()[dimension] + groupId(dimension) * shape.local()[dimension] + localId(dimension);
    }

    /** Returns the work-group's number. */
    public int groupId(int dimension) {
        return group == null ? 0 : group.id(dimension);
    }

    /** Returns the thread's number in its work-group. */
    public int localId(int dimension) {
        int[] local = shape.local();
        return switch (dimension) {
            case 0 -> index % local[0];
            case 1 -> index / local[0] % local[1];
            default -> index / local[0] / local[1];
        };
    }

    /** Returns the number of threads in the grid. */
    public int globalSize(int dimension) {
        return shape.global()[dimension];
    }

    /** Returns the number of threads in a work-group. */
    public int localSize(int dimension) {
        return group == null ? 0 : shape.local()[dimension];
    }

    /** Waits for the other threads of the work-group. */
    public void barrier(String kind) {
        if (group != null) { group.barrier(index, kind); }
    }

    /** Returns the work-group's next local array. */
    public Object local(LocalMemory.Kind kind, int size) {
        return group == null ? kind.allocate(size) : group.local(allocations++, kind, size);
    }
}
