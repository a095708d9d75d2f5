package uk.ac.manchester.tornado.api;

import uk.ac.manchester.tornado.api.fallback.GraphSpec;

/** A graph that no longer changes, ready for a plan. */
public class ImmutableTaskGraph {
    private final GraphSpec spec;

    ImmutableTaskGraph(GraphSpec spec) {
        this.spec = spec;
    }

    GraphSpec spec() {
        return spec;
    }
}
