/** The first class of the jar: compiled for Java 8, so that older Javas can say what they lack. */
package org.llmrlpt.launch;
