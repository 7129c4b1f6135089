"""What a documentation's project and its tool's configuration say: the root, folders to look in, values."""
