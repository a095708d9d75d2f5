/** Marks for TornadoVM's compiler, without effect here. */
package uk.ac.manchester.tornado.api.annotations;
