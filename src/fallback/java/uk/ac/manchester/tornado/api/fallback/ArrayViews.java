package uk.ac.manchester.tornado.api.fallback;

import java.util.function.BiFunction;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** Makes watched views of arrays, which have no visible member for it because the real TornadoVM's have none. */
public final class ArrayViews {
    private static BiFunction<TornadoNativeArray, ArrayWatch, TornadoNativeArray> maker;

    private ArrayViews() { }

    /** Called by the arrays' class when it is loaded. */
    public static void setMaker(BiFunction<TornadoNativeArray, ArrayWatch, TornadoNativeArray> newMaker) {
        maker = newMaker;
    }

    /** Returns an array of the same memory whose gets and sets are reported. */
    static TornadoNativeArray watched(TornadoNativeArray array, ArrayWatch watch) {
        return maker.apply(array, watch);
    }
}
