"""A project's dependencies: what it locks, and where the documentation of each comes from."""
