"""Lock files of JavaScript projects."""
