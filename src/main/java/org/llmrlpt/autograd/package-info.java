/** The tape: operations append their forward tasks to a program and remember how to append their backward tasks. */
package org.llmrlpt.autograd;
