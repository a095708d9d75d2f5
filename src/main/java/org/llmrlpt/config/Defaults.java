package org.llmrlpt.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Other defaults for a record of settings where it is part of this one: {@code NAME=VALUE} each. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Defaults {
    /** What replaces {@link Key#or()}. */
    String[] value();
}
