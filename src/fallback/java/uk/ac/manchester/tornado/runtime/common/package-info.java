/** The devices of TornadoVM's runtime, as a library's provider sees them. */
package uk.ac.manchester.tornado.runtime.common;
