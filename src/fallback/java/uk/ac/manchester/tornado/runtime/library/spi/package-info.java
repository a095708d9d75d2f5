/**
 * How TornadoVM's runtime finds and calls native libraries. The program's provider is compiled against these types; the
 * fallback runs no library task, so nothing here is ever called.
 */
package uk.ac.manchester.tornado.runtime.library.spi;
