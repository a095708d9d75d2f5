package org.llmrlpt.autograd;

import org.llmrlpt.device.Tensor;

/**
 * A trained weight and its gradient.
 *
 * @param weight a view of the parameter arena
 * @param gradient where its gradient adds up; null in a session that does not train
 * @param cleared what a tape sets to zero before it first adds to the gradient: the gradient and the gap behind it;
 *     null where gradients of several runs add up until the optimizer clears them
 */
public record Parameter(Tensor weight, Tensor gradient, Tensor cleared) {
}
