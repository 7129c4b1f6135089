"""Names of the texts at the top of a project that are about it as a whole, whatever its language."""

from pathlib import PurePosixPath

HISTORY = frozenset({"changelog", "changes", "history", "news", "migration", "upgrading"})
"""Names of texts about what changed, in lower case and without suffix."""
ABOUT = frozenset({"readme", *HISTORY})

_SUFFIXES = {"", ".md", ".rst", ".txt", ".adoc"}


def is_top_text(name: str, also: frozenset[str] = frozenset()) -> bool:
    """True for a README, a changelog or the like, and for files of these other names: `README.md`, `CHANGES`."""
    path = PurePosixPath(name.lower())
    return path.suffix in _SUFFIXES and path.stem in ABOUT | also
