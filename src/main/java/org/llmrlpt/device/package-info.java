/** Runtime and device choice, arenas, tensors as views of them, and programs: recorded once, executed many times. */
package org.llmrlpt.device;
