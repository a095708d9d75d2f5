/** Token datasets and the windows that training and evaluation read from them. */
package org.llmrlpt.data;
