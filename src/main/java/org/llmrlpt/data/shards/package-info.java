/** Prepared tokens on disk: checksummed, memory-mapped shards and the index that lists them. */
package org.llmrlpt.data.shards;
