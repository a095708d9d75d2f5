package org.llmrlpt.report;

import java.nio.file.Path;
import java.util.List;
import org.llmrlpt.files.AtomicFile;

/** An HTML page that needs nothing but itself: style, charts and texts are all in the one file. */
public final class Page {
    private static final String STYLE = """
        body { font: 15px/1.5 system-ui, sans-serif; color: #222; max-width: 1200px; margin: 2em auto; padding: 0 1em; }
        h1 { font-size: 1.5em; margin-bottom: 0.2em; } h2 { font-size: 1.15em; margin-top: 2em; }
        .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(400px, 1fr)); gap: 1em; }
        .charts figure { margin: 0; border: 1px solid #ddd; border-radius: 6px; padding: 6px; background: #fff; }
        .charts svg { width: 100%; height: auto; }
        table { border-collapse: collapse; } td, th { padding: 3px 14px 3px 0; text-align: left; vertical-align: top; }
        tr { border-bottom: 1px solid #eee; } th { font-weight: 600; } td { font-variant-numeric: tabular-nums; }
        pre { background: #f6f6f4; padding: 0.8em; border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; }
        summary { cursor: pointer; } .note { color: #666; }
        """;

    private final String title;
    private final StringBuilder body = new StringBuilder();

    /** An empty page. */
    public Page(String title) {
        this.title = title;
        body.append("<h1>").append(escaped(title)).append("</h1>\n");
    }

    /** Begins a part of the page. */
    public Page heading(String text) {
        body.append("<h2>").append(escaped(text)).append("</h2>\n");
        return this;
    }

    /** A remark. */
    public Page note(String text) {
        body.append("<p class=\"note\">").append(escaped(text)).append("</p>\n");
        return this;
    }

    /** Rows of cells, the first of which is the header where {@code header} says so. */
    public Page table(List<List<String>> rows, boolean header) {
        body.append("<table>\n");
        for (int i = 0; i < rows.size(); i++) {
            String cell = header && i == 0 ? "th" : "td";
            body.append("<tr>");
            for (String text : rows.get(i)) {
                body.append('<').append(cell).append('>').append(escaped(text)).append("</").append(cell).append('>');
            }
            body.append("</tr>\n");
        }
        body.append("</table>\n");
        return this;
    }

    /** Charts beside and below each other, without those that have no finite value. */
    public Page charts(List<Chart> charts) {
        body.append("<div class=\"charts\">\n");
        charts.stream().filter(c -> c.hasValueAbove(Double.NEGATIVE_INFINITY)).forEach(c ->
            body.append("<figure>").append(SvgCharts.svg(c)).append("</figure>\n"));
        body.append("</div>\n");
        return this;
    }

    /** A text as it is, under a line that opens and closes it. */
    public Page text(String summary, String text, boolean open) {
        body.append("<details").append(open ? " open" : "").append("><summary>").append(escaped(summary))
            .append("</summary><pre>").append(escaped(text)).append("</pre></details>\n");
        return this;
    }

    /** Puts the page in place of {@code file}, whole or not at all. */
    public void write(Path file) {
        AtomicFile.writeText(file, html());
    }

    String html() {
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>" + escaped(title)
            + "</title>\n<style>\n" + STYLE + "</style>\n</head>\n<body>\n" + body + "</body>\n</html>\n";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
