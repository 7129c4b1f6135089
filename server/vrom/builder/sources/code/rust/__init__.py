"""The API of a Rust crate, read without building it."""
