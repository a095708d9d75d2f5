/** Transfer modes and kinds of devices. */
package uk.ac.manchester.tornado.api.enums;
