"""Rows of cartridges outside this process, ranked as the local ones are. The local way imports nothing of it."""
