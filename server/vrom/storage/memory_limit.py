"""Limit of the memory that a child process takes."""

from contextlib import suppress


def limit_memory(size: int) -> None:
    """Limit the address space of this process to `size` bytes, where the system can."""
    try:
        import resource
    except ImportError:  # Windows
        return
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (size, resource.getrlimit(resource.RLIMIT_AS)[1]))
