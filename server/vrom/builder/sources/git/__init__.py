"""Documentation at an exact commit of a git repository, read without trusting the repository."""
