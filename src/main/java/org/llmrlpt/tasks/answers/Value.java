package org.llmrlpt.tasks.answers;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** What a part of an answer means. */
sealed interface Value {
    /** The canonical text: the same for equal values. */
    String canonical();

    /** A number or formula. */
    record Formula(Polynomial polynomial) implements Value {
        @Override
        public String canonical() {
            return polynomial.toString();
        }
    }

    /** Several values whose order does not matter: a set, "3 or 5", "1 \pm 2". */
    record Several(List<Value> values) implements Value {
        @Override
        public String canonical() {
            TreeSet<String> texts = new TreeSet<>();
            values.forEach(v -> texts.add(v.canonical()));
            return texts.size() == 1 ? texts.first() : "{" + String.join(",", texts) + "}";
        }

        /** One value of all the values, those of several unpacked. */
        static Value of(List<Value> parts) {
            List<Value> all = new ArrayList<>();
            for (Value part : parts) {
                if (part instanceof Several several) {
                    all.addAll(several.values);
                } else {
                    all.add(part);
                }
            }
            return all.size() == 1 ? all.getFirst() : new Several(all);
        }
    }

    /** Anything that is compared by its canonical text alone: a tuple, an interval, a matrix, an inequality. */
    record Text(String canonical) implements Value {
    }
}
