package org.llmrlpt.check;

import java.util.List;

/**
 * One command of this program, run as a process of its own: what a driver does to one cannot hurt the others.
 *
 * @param name without blanks; its first part, up to a dash, says what kind of step it is
 * @param title for people
 * @param onDevice under TornadoVM; otherwise on the CPU, as a reference
 * @param needs name of a step that must have succeeded; null: none
 * @param arguments the command and its settings
 * @param seconds after which it is stopped
 */
record Step(String name, String title, boolean onDevice, String needs, List<String> arguments, int seconds) {
    /** What became of a step. */
    enum Outcome {
        OK("ok"), DIFFERENT("DIFFERS"), FAILED("FAILED"), TIMED_OUT("TIMED OUT"), LEFT_OUT("left out");

        private final String word;

        Outcome(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }
}
