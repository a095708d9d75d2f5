package org.llmrlpt.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The settings of a command inside those of another, on a component that is a map of texts: they keep their names under
 * a prefix, and are bound when the rest of what that command needs is known.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Stage {
    /** What stands before their names, with a dot at its end. */
    String prefix();

    /** The record of settings that the command has. */
    Class<? extends Record> settings();
}
