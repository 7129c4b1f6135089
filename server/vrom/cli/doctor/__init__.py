"""`vrom doctor` and its checks."""
