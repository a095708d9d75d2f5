/** One call that shows whether a device computes what the CPU does, and how fast: a list of steps, each a process. */
package org.llmrlpt.check;
