/** Text from a model: prefill and decode over a cache of keys and values, many sequences at once. */
package org.llmrlpt.generate;
