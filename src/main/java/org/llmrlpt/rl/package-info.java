/** Reinforcement learning with verifiable rewards: rollouts, advantages, packed batches and the stage itself. */
package org.llmrlpt.rl;
