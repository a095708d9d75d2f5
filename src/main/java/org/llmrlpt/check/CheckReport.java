package org.llmrlpt.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** A check's figures as a page of Markdown. */
final class CheckReport {
    private static final int MOST_KERNELS = 20;

    private final JsonNode all;
    private final StringBuilder page = new StringBuilder();
    private String pending = "";

    /** {@code all} as in gpu-check.json. */
    CheckReport(JsonNode all) {
        this.all = all;
    }

    String text() {
        page.append("# gpu-check\n\n");
        if (all.path("rehearsal").asBoolean()) {
            page.append("A rehearsal: the gpu kernels ran on the CPU fallback, so times mean nothing.\n\n");
        }
        page.append(String.format(Locale.ROOT, "Size %s, %.0f seconds, %s.%n%n", all.path("size").asText(),
            all.path("seconds").asDouble(), all.path("summary").asText()));
        for (JsonNode step : all.path("steps")) {
            if (step.has("text")) {
                page.append("```\n").append(step.path("text").asText()).append("```\n\n");
            }
        }
        steps();
        differences();
        training();
        throughput();
        ceilings();
        primitives();
        split();
        return page.toString();
    }

    private void steps() {
        table("Steps", "step", "outcome", "seconds", "remark");
        for (JsonNode step : all.path("steps")) {
            row(step.path("title").asText(), step.path("outcome").asText(), number("%.1f", step.path("seconds")),
                step.path("message").asText("").replace("|", "/"));
        }
    }

    /** The worst tensor of each comparison, and all that differ. */
    private void differences() {
        table("Kernels against the CPU's (relative difference, root mean square over a tensor)",
            "step", "tensors", "differ", "largest", "of");
        List<JsonNode> wrong = new ArrayList<>();
        for (JsonNode step : all.path("steps")) {
            JsonNode list = step.path("result").path("differences");
            if (!list.isArray()) {
                continue;
            }
            JsonNode worst = null;
            for (JsonNode d : list) {
                if (worst == null || d.path("rms").asDouble(1e9) > worst.path("rms").asDouble(1e9)) {
                    worst = d;
                }
                if (!d.path("ok").asBoolean()) {
                    wrong.add(d);
                }
            }
            row(step.path("name").asText(), list.size() + "", step.path("result").path("wrong").asText(),
                worst == null ? "-" : number("%.1e", worst.path("rms")),
                worst == null ? "-" : worst.path("primitive").asText() + ": " + worst.path("tensor").asText());
        }
        for (JsonNode d : wrong) {
            page.append("\n- DIFFERS: ").append(d.path("primitive").asText()).append(" (")
                .append(d.path("shape").asText()).append("), ").append(d.path("tensor").asText()).append(", ")
                .append(number("%.1e", d.path("rms")));
        }
        page.append('\n');
    }

    private void training() {
        table("Training against the CPU's", "step", "steps", "first NLL", "last NLL", "largest difference", "allowed");
        for (JsonNode step : all.path("steps")) {
            JsonNode r = step.path("result");
            if (r.has("largest_nll_difference")) {
                row(step.path("name").asText(), r.path("steps").asText(), number("%.4f", r.path("first_nll")),
                    number("%.4f", r.path("last_nll")), number("%.1e", r.path("largest_nll_difference")),
                    number("%.0e", r.path("allowed")));
            }
        }
    }

    private void throughput() {
        table("Training throughput, profiler off",
            "step", "tokens/s", "ms a step", "min", "max", "parameters", "warm-up s");
        for (JsonNode step : all.path("steps")) {
            JsonNode r = step.path("result");
            if (step.path("name").asText().startsWith("throughput") && r.has("tokens_per_second")) {
                row(step.path("name").asText(), number("%.0f", r.path("tokens_per_second")),
                    number("%.2f", r.path("ms_per_step").path("total")), number("%.2f", r.path("ms_per_step_min")),
                    number("%.2f", r.path("ms_per_step_max")), r.path("parameters").asText(),
                    number("%.1f", r.path("warmup_seconds")));
            }
        }
    }

    private void ceilings() {
        table("Ceilings of the device, measured in the same run",
            "step", "GFLOP/s between registers", "GB/s copied", "GFLOP/s of tensor cores");
        for (JsonNode step : all.path("steps")) {
            for (JsonNode c : step.path("result").path("ceilings")) {
                row(step.path("name").asText(), number("%.0f", c.path("gflops")),
                    number("%.1f", c.path("gb_per_second")), number("%.0f", c.path("tensor_gflops")));
            }
        }
    }

    private void primitives() {
        for (JsonNode step : all.path("steps")) {
            JsonNode kernels = step.path("result").path("kernels");
            if (!kernels.isArray()) {
                continue;
            }
            table("Primitives: " + step.path("name").asText(),
                "primitive", "shape", "ms", "GFLOP/s", "of registers'", "of tensor cores'", "GB/s", "of copy");
            for (JsonNode k : kernels) {
                row(k.path("name").asText(), k.path("shape").asText(), number("%.3f", k.path("ms")),
                    number("%.0f", k.path("gflops")), percent(k.path("share_of_fma_ceiling")),
                    percent(k.path("share_of_tensor_ceiling")), number("%.1f", k.path("gb_per_second")),
                    percent(k.path("share_of_copy_ceiling")));
            }
        }
    }

    private void split() {
        for (JsonNode step : all.path("steps")) {
            JsonNode operations = step.path("result").path("profile").path("operations");
            if (!operations.isArray()) {
                continue;
            }
            table("A step by kernel: " + step.path("name").asText(),
                "program", "kernel", "calls", "ms", "share", "GFLOP/s", "GB/s");
            int shown = 0;
            for (JsonNode o : operations) {
                if (shown++ < MOST_KERNELS) {
                    row(o.path("program").asText(), o.path("operation").asText(), o.path("calls").asText(),
                        number("%.3f", o.path("ms")), percent(o.path("share")), number("%.0f", o.path("gflops")),
                        number("%.1f", o.path("gb_per_second")));
                }
            }
        }
    }

    /** Begins a table; nothing of it is written before its first row. */
    private void table(String title, String... columns) {
        pending = "\n## " + title + "\n\n" + line(columns) + line(Collections.nCopies(columns.length, "---")
            .toArray(String[]::new));
    }

    private void row(String... cells) {
        page.append(pending).append(line(cells));
        pending = "";
    }

    private static String line(String... cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }

    private static String number(String format, JsonNode value) {
        return value.isNumber() ? String.format(Locale.ROOT, format, value.asDouble()) : "-";
    }

    private static String percent(JsonNode share) {
        return share.isNumber() ? String.format(Locale.ROOT, "%.0f %%", 100 * share.asDouble()) : "-";
    }
}
