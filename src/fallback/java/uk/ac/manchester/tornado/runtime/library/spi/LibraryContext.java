package uk.ac.manchester.tornado.runtime.library.spi;

/** What a provider keeps for a device and an execution plan. */
public interface LibraryContext {
}
