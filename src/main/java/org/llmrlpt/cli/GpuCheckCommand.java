package org.llmrlpt.cli;

import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.llmrlpt.check.GpuCheck;
import org.llmrlpt.config.GpuCheckSettings;
import org.llmrlpt.config.UserError;
import org.llmrlpt.kernels.cublas.Cublas;

/** {@code bench gpu-check}: everything about a device in one call. */
final class GpuCheckCommand implements Command<GpuCheckSettings> {
    @Override
    public String name() {
        return "bench gpu-check";
    }

    @Override
    public String summary() {
        return "checks TornadoVM's device: kernels, training, RL, throughput, ceilings; writes a report";
    }

    @Override
    public Class<GpuCheckSettings> settings() {
        return GpuCheckSettings.class;
    }

    @Override
    public int run(GpuCheckSettings s, Console console) throws IOException, InterruptedException {
        // The steps start in a folder of their own.
        UnaryOperator<List<String>> host = arguments -> Relaunch.again(Relaunch.absoluteClassPath(),
            arguments.toArray(String[]::new));
        GpuCheck check;
        if (s.rehearsal()) {
            check = new GpuCheck(s, List.of("fp32", "fp16"), host, host);
        } else {
            TornadoInstallation tornado = TornadoInstallation.find(System.getenv()).orElseThrow(() -> new UserError(
                "TornadoVM was not found: set TORNADOVM_HOME to its SDK, or rehearse without it by device=gpu"));
            List<String> start = tornado.start(Main.class);
            List<String> products = tornado.products();
            if (products.contains("cublas") && !Cublas.isThere()) {
                products = products.stream().filter(p -> !p.startsWith("cublas")).toList();
                console.line("left out: products by cuBLAS, as libcublas was not found; set LD_LIBRARY_PATH for them");
            }
            check = new GpuCheck(s, products, host,
                arguments -> Stream.concat(start.stream(), arguments.stream()).toList());
        }
        boolean good = check.run(console::line);
        console.line("report: " + check.report());
        return good ? 0 : GpuCheck.DIFFERS;
    }
}
