"""Keys of registries: signatures, and the keys known from earlier use."""
