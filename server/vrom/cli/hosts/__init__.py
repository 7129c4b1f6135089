"""Commands that connect vrom to a host."""
