"""Building a package from documentation."""
