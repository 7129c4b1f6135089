"""Commands about registries."""
