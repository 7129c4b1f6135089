"""Documentation in a dependency's repository, at the tag of its version."""
