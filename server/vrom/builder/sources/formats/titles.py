"""A title for a page that states none."""

from pathlib import PurePosixPath


def title_from(name: str) -> str:
    """The file's name as words, or its folder's for an index."""
    path = PurePosixPath(name)
    stem = path.parent.name if path.stem.lower() in ("index", "readme") and path.parent.name else path.stem
    words = " ".join(stem.replace("_", " ").replace("-", " ").split()) or stem
    return words.capitalize() if words.islower() else words
