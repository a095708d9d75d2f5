/** Our own CPU implementation of the part of the TornadoVM API that LLM-RLPT uses. */
package uk.ac.manchester.tornado.api;
