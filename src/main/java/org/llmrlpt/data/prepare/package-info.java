/** Turning text files into token shards, piece by piece, whatever their size. */
package org.llmrlpt.data.prepare;
