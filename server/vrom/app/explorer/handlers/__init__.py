"""What each address of the explorer answers."""
