/** Devices and the shapes of task code. */
package uk.ac.manchester.tornado.api.common;
