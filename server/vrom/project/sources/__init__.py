"""Sources of a dependency's documentation: the installed package, its files in a package index, its repository."""
