"""Files on disk: written atomically, and arrays that open as memory maps."""
