/** Answers as texts: where a completion gives one, and a canonical form in which equal answers are equal. */
package org.llmrlpt.tasks.answers;
