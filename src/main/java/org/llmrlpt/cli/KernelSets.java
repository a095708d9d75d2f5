package org.llmrlpt.cli;

import jdk.incubator.vector.FloatVector;
import org.llmrlpt.config.DeviceSettings;
import org.llmrlpt.config.UserError;
import org.llmrlpt.device.Devices;
import org.llmrlpt.device.TornadoSettings;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.cpu.CpuKernels;
import org.llmrlpt.kernels.cpu.Workers;
import org.llmrlpt.kernels.cublas.Compute;
import org.llmrlpt.kernels.cublas.Cublas;
import org.llmrlpt.kernels.cublas.GemmTask;
import org.llmrlpt.kernels.gpu.GpuKernels;
import uk.ac.manchester.tornado.api.common.TornadoDevice;

/** Which set of kernels a run uses. */
public final class KernelSets {
    private KernelSets() {
    }

    /**
     * The set for the settings {@code device} and {@code device.matmul}: on TornadoVM always the gpu kernels; on the
     * fallback the cpu kernels, unless "gpu" asks for the others (slow there, for checking). "auto" means the fastest
     * FP32 products that the runtime is capable of: cuBLAS's on TornadoVM's CUDA backend where the library is found,
     * else our own. Products on tensor cores round their operands, so whoever wants them says so.
     *
     * @throws UserError if the device or this runtime lacks what the settings ask for
     */
    public static Kernels choose(DeviceSettings settings) {
        String product = resolved(settings.matmul());
        boolean gpu = gpu(settings.device());
        if (settings.cudaGraphs() && !TornadoSettings.hasNvidiaBackend()) {
            throw new UserError("setting 'device.cuda-graphs' is true but only TornadoVM's PTX and CUDA backends have "
                + "CUDA graphs: leave it out here");
        }
        return switch (product) {
            case "fp16" -> {
                requireTensorCores(gpu);
                yield new GpuKernels(true);
            }
            case "cublas", "cublas-fp32" -> {
                requireCublas(product, gpu);
                yield new GpuKernels(product.equals("cublas") ? Compute.BF16 : Compute.FP32, GemmTask::library);
            }
            default -> gpu ? new GpuKernels() : new CpuKernels();
        };
    }

    private static String resolved(String product) {
        boolean auto = product.equals("auto");
        return auto && TornadoSettings.hasCudaBackendAlone() && Cublas.isThere() ? "cublas-fp32" : product;
    }

    /**
     * Asked before TornadoVM is loaded, so of its modules: whether the device is one of that backend shows when the
     * first product becomes a task.
     */
    private static void requireCublas(String product, boolean gpu) {
        if (!TornadoSettings.hasCudaBackend()) {
            String here = !TornadoSettings.isFallback() ? "this TornadoVM was built without it"
                : gpu ? "on the CPU fallback the gpu kernels have FP32 and FP16 products only"
                : "the cpu kernels have FP32 products only";
            throw new UserError("setting 'device.matmul' is " + product + " but only TornadoVM's CUDA backend has "
                + "cuBLAS, and " + here + ": use device.matmul=auto");
        }
        Cublas.library();
    }

    private static void requireTensorCores(boolean gpu) {
        if (!gpu) {
            throw new UserError("setting 'device.matmul' is fp16 but the cpu kernels have FP32 products only: use "
                + "device.matmul=auto");
        }
        if (!TornadoSettings.isFallback() && !TornadoSettings.hasNvidiaBackend()) {
            throw new UserError("setting 'device.matmul' is fp16 but this TornadoVM has neither the PTX nor the CUDA "
                + "backend, which alone use tensor cores: use device.matmul=fp32");
        }
    }

    private static boolean gpu(String device) {
        if (TornadoSettings.isFallback()) {
            if (device.matches("\\d+:\\d+")) {
                throw new UserError("setting 'device' is " + device
                    + " but this program runs without TornadoVM: start it"
                    + " with 'tornado -jar llm-rlpt.jar', or use device=cpu");
            }
            return device.equals("gpu");
        }
        if (device.equals("cpu")) {
            throw new UserError("setting 'device' is cpu but this program runs under TornadoVM: start it with plain "
                + "java for the CPU kernels, or use device=auto");
        }
        return true;
    }

    /** The device and the kernels on it, for people: one line. */
    public static String describe(Kernels kernels) {
        String set = kernels.name() + " kernels";
        if (TornadoSettings.isFallback()) {
            return "CPU fallback of TornadoVM, " + set + ", " + Workers.threads() + " threads, "
                + FloatVector.SPECIES_PREFERRED.vectorBitSize() + "-bit vectors";
        }
        TornadoDevice device = Devices.chosen();
        return "TornadoVM " + device.getTornadoVMBackend() + ", " + device.getPhysicalDevice().getDeviceName()
            + ", " + set;
    }
}
