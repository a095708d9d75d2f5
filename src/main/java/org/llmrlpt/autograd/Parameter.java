package org.llmrlpt.autograd;

import org.llmrlpt.device.Tensor;

/**
 * A trained weight and its gradient.
 *
 * @param weight a view of the parameter arena
 * @param gradient the same place in the gradient arena; null in a session that does not train
 */
public record Parameter(Tensor weight, Tensor gradient) {
}
