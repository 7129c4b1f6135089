"""The documentation of an npm package, read without executing any of it."""
