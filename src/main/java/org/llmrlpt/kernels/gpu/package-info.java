/**
 * Kernels that TornadoVM compiles for the device: KernelContext code, portable between OpenCL and PTX.
 *
 * <p>Beside TornadoVM's documented limits they keep to these rules, each learned from wrong numbers or a hang without
 * any message (TornadoVM 5.2.0):
 * <ul>
 * <li>A local array is used only in the method that allocates it: in a method that gets it as an argument, indices are
 *     computed as for Java arrays and miss.</li>
 * <li>No "or", and at most one "and" in a condition: negations inside of mixed conditions get lost.</li>
 * <li>A kernel writes one array, the last of its parameters: a task that meets an array again after a parameter that
 *     writes it depends on itself, and ordering the graph never ends.</li>
 * <li>Only what the line before read from an array becomes a HalfFloat: of any other float PTX takes the bits as they
 *     are.</li>
 * <li>Work-groups cover the grid's tail, and barriers stand where all threads of a group pass.</li>
 * </ul>
 */
package org.llmrlpt.kernels.gpu;
