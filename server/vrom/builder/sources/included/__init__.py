"""Files and docstrings that documentation includes by reference."""
