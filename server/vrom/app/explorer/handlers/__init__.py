"""Answers to each address of the explorer."""
