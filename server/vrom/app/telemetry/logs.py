"""Logging to stderr and a file, never to stdout, which carries the protocol."""

import logging
import sys
from pathlib import Path

from vrom.errors import InvalidArgumentError

LEVELS = ("debug", "info", "warning", "error")


def log_to_stderr(level: str = "warning", file: Path | None = None) -> None:
    """Log to stderr and, with times, append to `file`. Raises `InvalidArgumentError` if the file can't be written."""
    stderr = logging.StreamHandler(sys.stderr)
    stderr.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    handlers: list[logging.Handler] = [stderr]
    if file is not None:
        try:
            handlers.append(logging.FileHandler(file, encoding="utf-8"))
        except OSError as error:
            raise InvalidArgumentError(f"--log-file {file}: it can't be written ({error.strerror}).") from error
        handlers[1].setFormatter(logging.Formatter("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level.upper(), handlers=handlers, force=True)
