/** Made-up problems with worked steps and answers that can be checked: training text that needs no download. */
package org.llmrlpt.data.builtin;
