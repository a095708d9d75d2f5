/** Text from a model: the program that gives the next token's distribution, and how a token is drawn from it. */
package org.llmrlpt.generate;
