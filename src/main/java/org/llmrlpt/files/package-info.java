/** Files people can use elsewhere: safetensors, Hugging Face model folders, run folders, JSON lines, atomic writes. */
package org.llmrlpt.files;
