/** The entry point to the list of devices. */
package uk.ac.manchester.tornado.api.runtime;
