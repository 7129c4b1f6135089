"""`vrom build` and its report."""
