"""Sources of documentation: each gives documents, and the names and reasons of skipped entries."""
