"""Third-party parsers, which come with `vrom[build]` and are imported only when a source needs them."""

import importlib
from typing import Any

from vrom.errors import BuildError


class MissingExtraError(BuildError):
    """A source needs a package that isn't installed."""


def import_extra(module: str, purpose: str) -> Any:
    """A module of the extra. Raises `MissingExtraError`, which says how to install it, where it is absent."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        message = f"{purpose} needs {package}, which isn't installed. Install it with: pip install 'vrom[build]'"
        raise MissingExtraError(message) from error
