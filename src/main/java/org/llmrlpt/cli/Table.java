package org.llmrlpt.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Rows of texts as lines with aligned columns. */
final class Table {
    private static final String GAP = "  ";
    private static final Pattern NUMBER = Pattern.compile("[-+±]?[0-9][0-9.,_]*(e[-+]?[0-9]+)?( ?[%A-Za-z/]+)?");

    private Table() {
    }

    /** The lines; the first row counts as a header and may be text above a column of numbers. */
    static List<String> lines(List<List<String>> rows) {
        int count = rows.stream().mapToInt(List::size).max().orElse(0);
        int[] widths = new int[count];
        boolean[] right = new boolean[count];
        for (int c = 0; c < count; c++) {
            for (List<String> row : rows) {
                widths[c] = Math.max(widths[c], cell(row, c).length());
            }
            right[c] = isNumbers(rows, c);
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int c = 0; c < count; c++) {
                String text = cell(row, c);
                String pad = " ".repeat(widths[c] - text.length());
                line.append(c == 0 ? "" : GAP).append(right[c] ? pad + text : text + pad);
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    private static String cell(List<String> row, int column) {
        return column < row.size() ? row.get(column) : "";
    }

    /** Whether all cells below the first row are numbers, with or without a unit, or say that there is none. */
    private static boolean isNumbers(List<List<String>> rows, int column) {
        return rows.size() > 1 && rows.stream().skip(1).map(r -> cell(r, column))
            .allMatch(t -> t.isEmpty() || t.equals("-") || NUMBER.matcher(t).matches());
    }
}
