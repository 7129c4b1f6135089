"""The API of a Go module, read without building it."""
