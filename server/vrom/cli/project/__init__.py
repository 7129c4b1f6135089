"""Commands about the project in the current folder."""
