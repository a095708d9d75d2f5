package org.llmrlpt.train;

import org.llmrlpt.data.tokenizer.Tokenizer;
import org.llmrlpt.device.Session;
import org.llmrlpt.nn.Transformer;
import org.llmrlpt.optim.AdamW;

/** What a checkpoint holds: a model in its session, the optimizer's moments, and the tokenizer it reads with. */
public record Trainee(Session session, Transformer model, AdamW optimizer, Tokenizer tokenizer) {
}
