/** The exceptions of the TornadoVM API. */
package uk.ac.manchester.tornado.api.exceptions;
