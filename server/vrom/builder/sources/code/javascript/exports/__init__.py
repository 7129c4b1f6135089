"""What a package exports: its entry points, and the declarations behind exported names."""
