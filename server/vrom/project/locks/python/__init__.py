"""Lock files of Python projects."""
