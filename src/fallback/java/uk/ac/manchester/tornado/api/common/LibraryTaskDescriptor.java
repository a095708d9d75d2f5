package uk.ac.manchester.tornado.api.common;

/** A task that a native library runs: which library and function, its arguments, what it does with them. */
public class LibraryTaskDescriptor {
    private String libraryName;
    private String functionName;
    private Object[] parameters;
    private Access[] access;
    private Object tuning;

    /** Names the library, as its provider does. */
    public LibraryTaskDescriptor withLibrary(String name) {
        libraryName = name;
        return this;
    }

    /** Names the function. */
    public LibraryTaskDescriptor withFunction(String name) {
        functionName = name;
        return this;
    }

    /** Sets the arguments. */
    public LibraryTaskDescriptor withParameters(Object[] arguments) {
        parameters = arguments;
        return this;
    }

    /** Tells what the task does with each argument. */
    public LibraryTaskDescriptor withAccess(Access[] accesses) {
        access = accesses;
        return this;
    }

    /** Adds something of the provider's own. */
    public LibraryTaskDescriptor withTuning(Object options) {
        tuning = options;
        return this;
    }

    /** Returns the library's name. */
    public String getLibraryName() {
        return libraryName;
    }

    /** Returns the function's name. */
    public String getFunctionName() {
        return functionName;
    }

    /** Returns the arguments. */
    public Object[] getParameters() {
        return parameters;
    }

    /** Returns what the task does with each argument. */
    public Access[] getAccess() {
        return access;
    }

    /** Returns the provider's own. */
    public Object getTuning() {
        return tuning;
    }
}
