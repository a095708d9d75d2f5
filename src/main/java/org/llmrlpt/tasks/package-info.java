/** Problems with answers that can be checked: built-in ones, files of them, verifiers and rewards. */
package org.llmrlpt.tasks;
