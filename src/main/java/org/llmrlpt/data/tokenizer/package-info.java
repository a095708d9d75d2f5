/** Byte-level tokenizers: bytes, BPE trained here, and files of the GPT-2 family. */
package org.llmrlpt.data.tokenizer;
