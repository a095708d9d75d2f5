package org.llmrlpt.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.llmrlpt.device.Profile;
import org.llmrlpt.device.TornadoSettings;

/** Where a step's time went, by operation, beside what the machine can do: as a table and as JSON. */
public final class ProfileReport {
    private final Profile profile;
    private final Optional<Ceilings> ceilings;

    /** Measures the ceilings, which takes a second; those of a TornadoVM device are not known. */
    public ProfileReport(Profile profile) {
        this.profile = profile;
        ceilings = TornadoSettings.isFallback() ? Optional.of(Ceilings.measure()) : Optional.empty();
    }

    /** Rows of a table with a header. */
    public List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("program", "operation", "calls a run", "ms a run", "share", "GFLOP/s", "of ceiling", "GB/s",
            "of ceiling", "MB a run"));
        for (Profile.Entry e : profile.entries()) {
            double runs = profile.runs(e.program());
            rows.add(List.of(e.program(), e.operation(), number("%.1f", e.calls() / runs),
                number("%.3f", e.nanos() / 1e6 / runs), percent(share(e)),
                e.flops() == 0 ? "-" : number("%.1f", e.gigaflops()),
                e.flops() == 0 || ceilings.isEmpty() ? "-" : percent(e.gigaflops() / ceilings.get().gigaflops()),
                e.bytes() == 0 ? "-" : number("%.1f", e.gigabytes()),
                e.bytes() == 0 || ceilings.isEmpty() ? "-" : percent(e.gigabytes() / ceilings.get().gigabytes()),
                number("%.1f", e.bytes() / 1e6 / runs)));
        }
        return rows;
    }

    /** The ceilings in a sentence, for below the table. */
    public String ceilings() {
        return ceilings.map(c -> String.format(Locale.ROOT, "ceilings, measured now: %.0f GFLOP/s between registers, "
            + "%.1f GB/s copied; bytes are inputs and outputs once", c.gigaflops(), c.gigabytes()))
            .orElse("the ceilings of a TornadoVM device are not measured; bytes are inputs and outputs once");
    }

    /** The same for profile.json. */
    public Map<String, Object> toMap() {
        Map<String, Object> m = new LinkedHashMap<>();
        ceilings.ifPresent(c -> {
            m.put("ceiling_gflops", c.gigaflops());
            m.put("ceiling_gb_per_second", c.gigabytes());
        });
        List<Map<String, Object>> operations = new ArrayList<>();
        for (Profile.Entry e : profile.entries()) {
            Map<String, Object> o = new LinkedHashMap<>();
            o.put("program", e.program());
            o.put("operation", e.operation());
            o.put("runs", profile.runs(e.program()));
            o.put("calls", e.calls());
            o.put("ms", e.nanos() / 1e6);
            o.put("share", share(e));
            o.put("flops", e.flops());
            o.put("bytes", e.bytes());
            o.put("gflops", e.gigaflops());
            o.put("gb_per_second", e.gigabytes());
            ceilings.ifPresent(c -> {
                o.put("share_of_ceiling_gflops", e.gigaflops() / c.gigaflops());
                o.put("share_of_ceiling_gb_per_second", e.gigabytes() / c.gigabytes());
            });
            operations.add(o);
        }
        m.put("operations", operations);
        return m;
    }

    /** Of the kernel time of all programs, which is the step's where nothing but steps was noted. */
    private double share(Profile.Entry e) {
        return e.nanos() / (double) profile.entries().stream().mapToLong(Profile.Entry::nanos).sum();
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    private static String percent(double share) {
        return number("%.1f %%", 100 * share);
    }
}
