package org.llmrlpt.config;

/** What {@code bench gpu-check} does, and for how long. */
public record GpuCheckSettings(
    @Key(value = "folder", or = "gpu-check", help = "folder for the report, the figures and everything the steps leave")
    String folder,
    @Key(value = "size", or = "full", help = "full: for a GPU; small: for OpenCL on a CPU, and to rehearse") Size size,
    @Key(value = "minutes", or = "10", min = 0.1, max = 1440,
        help = "time for all steps; what does not fit is left out")
    double minutes,
    @Key(value = "device", or = "auto", help = "auto, or BACKEND:DEVICE of TornadoVM such as 0:0; gpu: no TornadoVM, "
        + "a rehearsal of the gpu kernels on the fallback") String device,
    @Key(value = "only",
        help = "only steps whose name begins so, such as kernels or throughput, and what they need") String only) {

    /** How much is computed. */
    public enum Size { SMALL, FULL }

    public GpuCheckSettings {
        if (!device.equals("auto") && !device.equals("gpu") && !DeviceSettings.isNumbered(device)) {
            throw new UserError("setting 'device' must be auto, gpu or BACKEND:DEVICE such as 0:0, not '" + device
                + "'");
        }
    }

    /** Whether the gpu kernels run on the fallback. */
    public boolean rehearsal() {
        return device.equals("gpu");
    }
}
