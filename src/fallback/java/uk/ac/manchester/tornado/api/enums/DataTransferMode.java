package uk.ac.manchester.tornado.api.enums;

/** When an array travels between host and device. */
public class DataTransferMode {
    /** Only when the graph is executed for the first time. */
    public static final int FIRST_EXECUTION = 0;
    /** Whenever the graph is executed. */
    public static final int EVERY_EXECUTION = 1;
    /** When the program asks for it. */
    public static final int UNDER_DEMAND = 2;
}
