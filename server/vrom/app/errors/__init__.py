"""Errors as clients see them: messages of expected failures, and of requests that can't be read."""
