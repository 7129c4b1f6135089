"""Read and edit configuration files in JSON, JSON with comments, and TOML."""
