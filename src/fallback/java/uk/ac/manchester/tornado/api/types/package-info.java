/** Element types beside Java's own. */
package uk.ac.manchester.tornado.api.types;
