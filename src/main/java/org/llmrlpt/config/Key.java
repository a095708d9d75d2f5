package org.llmrlpt.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Describes one setting, on the record component that holds it. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Key {
    /** The dotted name: the same in the config file, as {@code --name value} and as {@code name=value}. */
    String value();

    /** What the setting is when nobody sets it; empty for "not set", which boxed types show as null. */
    String or() default "";

    /** One line for people: meaning, unit, and the paper's symbol or value where it has one. */
    String help();

    /** Whether an empty text is a value. */
    boolean mayBeEmpty() default false;

    /** Smallest legal number. */
    double min() default Double.NEGATIVE_INFINITY;

    /** Largest legal number. */
    double max() default Double.POSITIVE_INFINITY;
}
