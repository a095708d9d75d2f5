/** How the fallback runs graphs: fast, or strictly by the rules of the real TornadoVM. */
package uk.ac.manchester.tornado.api.fallback;
