package uk.ac.manchester.tornado.api.fallback;

/** One thread of a grid: where it is, and its work-group. Numbers are boxed once and shared where possible. */
public final class WorkItem {
    /** Outside any grid: all numbers are zero, barriers do nothing, local arrays are the caller's own. */
    public static final WorkItem NONE = new WorkItem();
    private static final Integer ZERO = 0;
    private static final Integer[] SMALL = new Integer[WorkShape.MAX_LOCAL];

    static {
        for (int i = 0; i < SMALL.length; i++) { SMALL[i] = i; }
    }

    private final WorkGroup group;
    private final WorkShape shape;
    private final int index;
    private int allocations;

    private WorkItem() {
        group = null;
        shape = null;
        index = 0;
    }

    WorkItem(WorkGroup group, WorkShape shape, int index) {
        this.group = group;
        this.shape = shape;
        this.index = index;
    }

    /** Returns the thread's number in the grid. */
    public Integer globalId(int dimension) {
        return group == null ? ZERO : group.firstThread(dimension) + localIndex(dimension);
    }

    /** Returns the work-group's number. */
    public Integer groupId(int dimension) {
        return group == null ? ZERO : group.id(dimension);
    }

    /** Returns the thread's number in its work-group. */
    public Integer localId(int dimension) {
        return group == null ? ZERO : SMALL[localIndex(dimension)];
    }

    private int localIndex(int dimension) {
        int[] local = shape.local();
        if (local[0] == shape.threadsPerGroup()) { return dimension == 0 ? index : 0; }
        return switch (dimension) {
            case 0 -> index % local[0];
            case 1 -> index / local[0] % local[1];
            default -> index / local[0] / local[1];
        };
    }

    /** Returns the number of threads in the grid. */
    public Integer globalSize(int dimension) {
        return group == null ? ZERO : shape.globalSize()[dimension];
    }

    /** Returns the number of threads in a work-group. */
    public Integer localSize(int dimension) {
        return group == null ? ZERO : shape.localSize()[dimension];
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
