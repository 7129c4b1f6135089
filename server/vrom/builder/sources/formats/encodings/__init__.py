"""The encoding of a file: what it declares, else what its bytes tell."""
