package uk.ac.manchester.tornado.api;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import uk.ac.manchester.tornado.api.enums.MMAShape;
import uk.ac.manchester.tornado.api.exceptions.TornadoBailoutRuntimeException;
import uk.ac.manchester.tornado.api.fallback.LocalMemory;
import uk.ac.manchester.tornado.api.fallback.TensorCore;
import uk.ac.manchester.tornado.api.fallback.WorkItem;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/**
 * What a kernel knows of the thread that runs it. The one a program creates stands for all threads; the fallback hands
 * every thread its own. Called directly from Java, a kernel runs as thread 0 of a grid of size 0, and barriers do
 * nothing.
 */
public class KernelContext {
    public final Integer globalIdx;
    public final Integer globalIdy;
    public final Integer globalIdz;
    public final Integer groupIdx;
    public final Integer groupIdy;
    public final Integer groupIdz;
    public final Integer localIdx;
    public final Integer localIdy;
    public final Integer localIdz;
    public final Integer globalGroupSizeX;
    public final Integer globalGroupSizeY;
    public final Integer globalGroupSizeZ;
    public final Integer localGroupSizeX;
    public final Integer localGroupSizeY;
    public final Integer localGroupSizeZ;
    private final WorkItem item;

    /** The context that a program gives to its tasks. */
    public KernelContext() {
        this(WorkItem.NONE);
    }

    KernelContext(WorkItem item) {
        this.item = item;
        globalIdx = item.globalId(0);
        globalIdy = item.globalId(1);
        globalIdz = item.globalId(2);
        groupIdx = item.groupId(0);
        groupIdy = item.groupId(1);
        groupIdz = item.groupId(2);
        localIdx = item.localId(0);
        localIdy = item.localId(1);
        localIdz = item.localId(2);
        globalGroupSizeX = item.globalSize(0);
        globalGroupSizeY = item.globalSize(1);
        globalGroupSizeZ = item.globalSize(2);
        localGroupSizeX = item.localSize(0);
        localGroupSizeY = item.localSize(1);
        localGroupSizeZ = item.localSize(2);
    }

    /** Waits until every thread of the work-group is here; orders accesses to local memory. */
    public void localBarrier() {
        item.barrier("localBarrier");
    }

    /** Waits until every thread of the work-group is here; orders accesses to global memory. */
    public void globalBarrier() {
        item.barrier("globalBarrier");
    }

    /** Returns an array that the work-group shares; its contents are undefined. */
    public int[] allocateIntLocalArray(int size) {
        return (int[]) item.local(LocalMemory.Kind.INT, size);
    }

    /** Returns an array that the work-group shares; its contents are undefined. */
    public float[] allocateFloatLocalArray(int size) {
        return (float[]) item.local(LocalMemory.Kind.FLOAT, size);
    }

    /** Returns an array that the work-group shares; its contents are undefined. */
    public double[] allocateDoubleLocalArray(int size) {
        return (double[]) item.local(LocalMemory.Kind.DOUBLE, size);
    }

    /** Adds to an element; the fallback runs one thread at a time, so a plain addition is atomic. */
    public void atomicAdd(IntArray array, int index, int value) {
        MemorySegment elements = array.getSegment(); // not through get and set, which would look like a race
        elements.setAtIndex(ValueLayout.JAVA_INT, index, elements.getAtIndex(ValueLayout.JAVA_INT, index) + value);
    }

    /** Adds to an element of a local array. */
    public void atomicAdd(int[] array, int index, int value) {
        array[index] += value;
    }

    /** Adds to an element. */
    public void atomicAdd(LongArray array, int index, long value) {
        MemorySegment elements = array.getSegment();
        elements.setAtIndex(ValueLayout.JAVA_LONG, index, elements.getAtIndex(ValueLayout.JAVA_LONG, index) + value);
    }

    /** Always throws: OpenCL has no such operation. */
    public void atomicAdd(FloatArray array, int index, float value) {
        throw new TornadoBailoutRuntimeException("OpenCL refuses atomicAdd on a FloatArray; sum in two passes, or let "
                + "one thread own each destination");
    }

    /** Always throws: OpenCL has no such operation. */
    public void atomicAdd(DoubleArray array, int index, double value) {
        throw new TornadoBailoutRuntimeException("OpenCL refuses atomicAdd on a DoubleArray; sum in two passes, or let "
                + "one thread own each destination");
    }

    /** Returns a thread's four elements of a product, all of them {@code v}. Only PTX and CUDA have tensor cores. */
    public float[] mmaFragment(float v) {
        return TensorCore.fragment(v);
    }

    /** Loads a thread's part of the left operand, 16 x {@code wmmaK} halves packed in pairs, from a local array. */
    public HalfFloat[] mmaLoadA(int[] aTile, int wmmaK, int byteOffset) {
        return TensorCore.loadA(localIdx, aTile, byteOffset);
    }

    /** Loads a thread's part of the right operand, {@code wmmaK} x 8 halves packed in pairs, from a local array. */
    public HalfFloat[] mmaLoadB(int[] bTile, int wmmaK, int byteOffset) {
        return TensorCore.loadB(localIdx, bTile, byteOffset);
    }

    /** Returns fragC + A B, which the threads of a warp compute together. */
    public float[] mma(HalfFloat[] fragA, HalfFloat[] fragB, float[] fragC, MMAShape mmaShape) {
        return TensorCore.multiply(fragA, fragB, fragC, mmaShape);
    }

    /** Writes a thread's elements of a product whose first one is at (tileRow, tileCol) of rows of {@code dimN}. */
    public void mmaStore(float[] fragD, FloatArray c, int tileRow, int tileCol, int dimN) {
        TensorCore.store(localIdx, fragD, c, tileRow, tileCol, dimN);
    }
}
