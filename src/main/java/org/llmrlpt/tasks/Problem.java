package org.llmrlpt.tasks;

/**
 * A problem as a model sees it, with what its answer is compared with.
 *
 * @param id names the problem within its task
 * @param prompt the whole text that the model goes on from
 * @param answer the reference answer
 * @param level difficulty, from 1; 0 where it is not known
 * @param split what the problem is for
 */
public record Problem(String id, String prompt, String answer, int level, Split split) {
}
