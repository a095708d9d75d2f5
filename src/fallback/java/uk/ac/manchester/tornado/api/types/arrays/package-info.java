/** Arrays in native memory. */
package uk.ac.manchester.tornado.api.types.arrays;
