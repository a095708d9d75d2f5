/** The comparison of pre-training objectives: every stage for every objective and seed, its table and its page. */
package org.llmrlpt.study;
