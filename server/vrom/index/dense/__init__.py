"""Search by meaning: vectors compared with a query's, exactly or along a graph."""
