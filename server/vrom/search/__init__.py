"""Ranking: a query to ordered hits over opened cartridges."""
