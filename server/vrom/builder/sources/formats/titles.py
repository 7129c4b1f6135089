"""A title for a document that states none."""

from pathlib import PurePosixPath


def title_from(name: str) -> str:
    """The file's name as words; the folder's name for an index or README."""
    path = PurePosixPath(name)
    stem = path.parent.name if path.stem.lower() in ("index", "readme") and path.parent.name else path.stem
    words = " ".join(stem.replace("_", " ").replace("-", " ").split()) or stem
    return words.capitalize() if words.islower() else words
