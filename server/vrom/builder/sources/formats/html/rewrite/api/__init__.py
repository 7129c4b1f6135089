"""Pages of API documentation: members, their signatures, flags and parameters."""
