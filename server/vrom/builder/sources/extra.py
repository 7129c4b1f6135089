"""Third-party parsers of the `vrom[build]` extra, imported only when a source needs them."""

import importlib
from typing import Any

from vrom.errors import BuildError
from vrom.installation import extra_command


class MissingExtraError(BuildError):
    """A source needs a distribution that isn't installed."""


def import_extra(module: str, purpose: str) -> Any:
    """Import a module of the extra. Raises `MissingExtraError`, with an install command, if it isn't installed."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        message = f"{purpose} needs {package}, which is not installed. Install it with: {extra_command('build')}"
        raise MissingExtraError(message) from error
