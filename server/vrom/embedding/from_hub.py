"""A model's files from the Hugging Face Hub, through its own client: its endpoint, token, cache and proxy settings."""

from pathlib import Path

from vrom.embedding.origin import Progress, Provenance, silent
from vrom.embedding.recipes import Recipe
from vrom.errors import DownloadError


def fetch(recipe: Recipe, into: Path, progress: Progress = silent, endpoint: str | None = None) -> Provenance:
    """Put the model's files `into` an existing folder."""
    raise DownloadError("not yet")
