"""Scores of candidates: a weighted sum of features, then adjustments that only some queries or chunks get."""
