"""The packages that are mounted, one by one: found, described, opened on first use, chosen for a question."""
