"""Pages that exist to be included in others."""

from pathlib import PurePosixPath

_PARTIAL_FOLDERS = {
    "includes", "include", "snippets", "partials", "shared", "fragments", "common-includes", "inc", "shortcodes",
}  # fmt: skip


def is_likely_partial(name: str) -> bool:
    """True for pages that look as if they were made to be included in others: `_shared.md`, `snippets/install.md`."""
    *folders, file = PurePosixPath(name).parts
    if file.startswith("_index."):  # a section's page in Hugo
        return False
    return file.startswith("_") or any(part.startswith("_") or part.lower() in _PARTIAL_FOLDERS for part in folders)
