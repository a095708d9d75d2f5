/** The update: AdamW's settings as a program, and learning-rate schedules. */
package org.llmrlpt.optim;
