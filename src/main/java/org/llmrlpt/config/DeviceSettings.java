package org.llmrlpt.config;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Where and with what the program computes. */
public record DeviceSettings(
    @Key(value = "device", or = "auto",
        help = "auto, cpu (our CPU kernels), gpu (TornadoVM kernels, on the fallback too), "
        + "or BACKEND:DEVICE of TornadoVM such as 0:0") String device,
    @Key(value = "device.matmul", or = "auto",
        help = "products of matrices: auto (FP32, by cuBLAS where TornadoVM has it), fp32 (our own), fp16 (tensor "
        + "cores; PTX and CUDA backends), cublas (BF16 tensor cores; CUDA backend) or cublas-fp32") String matmul,
    @Key(value = "device.cuda-graphs", or = "false", help = "record each task graph on the GPU once and replay it: "
        + "TornadoVM's PTX and CUDA backends; no profile with it") boolean cudaGraphs,
    @Key(value = "device.memory", help = "bytes the device may use, such as 8GB; default: what the run needs")
    String memory,
    @Key(value = "threads", or = "0", min = 0, max = 4096, help = "threads of the CPU kernels; 0: one per core")
    int threads) {

    public DeviceSettings {
        if (!device.equals("auto") && !device.equals("cpu") && !device.equals("gpu") && !isNumbered(device)) {
            throw new UserError("setting 'device' must be auto, cpu, gpu or BACKEND:DEVICE such as 0:0, not '" + device
                + "'");
        }
        if (!List.of("auto", "fp32", "fp16", "cublas", "cublas-fp32").contains(matmul)) {
            throw new UserError("setting 'device.matmul' must be auto, fp32, fp16, cublas or cublas-fp32, not '"
                + matmul + "'");
        }
        bytes(memory);
    }

    /** Refuses a profile of kernels that are replayed as CUDA graphs, which TornadoVM does not time. */
    void requireProfilable(boolean profile) {
        if (profile && cudaGraphs) {
            throw new UserError("setting 'device.cuda-graphs' has no place here: kernels that are replayed cannot be"
                + " timed one by one; leave it or 'profile' out");
        }
    }

    /** Threads to use: those set, or one per core. */
    public int workers() {
        return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    }

    /** The limit in bytes, or 0 where none was set. */
    public long memoryBytes() {
        return bytes(memory);
    }

    /** Whether a device is named by two numbers, its backend's and its own. */
    static boolean isNumbered(String device) {
        return device.matches("\\d{1,4}:\\d{1,4}");
    }

    private static long bytes(String memory) {
        if (memory == null) {
            return 0;
        }
        var m = Pattern.compile("(\\d+)\\s*([KMGT]?)B?", Pattern.CASE_INSENSITIVE)
            .matcher(memory);
        if (!m.matches() || m.group(1).length() > 15) {
            throw new UserError("setting 'device.memory' must be a size such as 512MB or 8GB, not '" + memory + "'");
        }
        int shift = m.group(2).isEmpty() ? 0 : 10 * (1 + "KMGT".indexOf(m.group(2).toUpperCase(Locale.ROOT)));
        long bytes = Long.parseLong(m.group(1));
        if (bytes == 0) {
            throw new UserError("setting 'device.memory' is 0: give the bytes that the device may use, such as 8GB, or "
                + "leave it out");
        }
        if (bytes > Long.MAX_VALUE >> shift) {
            throw new UserError("setting 'device.memory' is larger than any memory: " + memory);
        }
        return bytes << shift;
    }
}
