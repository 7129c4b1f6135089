"""Imports of onnxruntime, usearch and fastembed, in the only order that doesn't crash the process.

- usearch loads a library with global symbols; importing onnxruntime after it crashes the process with SIGSEGV. The
  other order works, so `import_usearch` imports onnxruntime first.
- onnxruntime 1.29 and later writes a device id to the user's cache folder and queues telemetry on import.
  `ORT_DISABLE_TELEMETRY=1` prevents this if set before the import.

No other module of vrom imports these packages. Importing this module doesn't load them: each function loads on its
first call.
"""

import importlib
import os
import sys
from collections.abc import Callable
from functools import cache
from threading import Lock
from typing import Any

from vrom.embedding.onnx.import_fastembed import import_without_hub
from vrom.errors import ModelError

_fastembed_is_imported = Lock()


def import_onnxruntime() -> Any:
    """Import `onnxruntime` with telemetry off. Raises `ModelError` if it can't be loaded."""
    if "onnxruntime" not in sys.modules:
        if "usearch" in sys.modules:
            raise ModelError(
                "usearch was imported before onnxruntime, and importing onnxruntime now would crash the process. "
                "Import vrom.embedding.native and call import_usearch() instead of importing usearch."
            )
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    return _load("onnxruntime")


def import_usearch() -> Any:
    """Import `usearch.index`. Raises `ModelError` if it can't be loaded."""
    import_onnxruntime()
    return _load("usearch.index")


def import_fastembed() -> Any:
    """Import `fastembed`, limited to loading models from folders. Raises `ModelError` if it can't be loaded."""
    import_onnxruntime()
    with _fastembed_is_imported:
        return _fastembed()


@cache
def _fastembed() -> Any:
    return _load("fastembed", lambda _: import_without_hub())


def _load(name: str, load: Callable[[str], Any] = importlib.import_module) -> Any:
    try:
        return load(name)
    except ImportError as error:
        raise ModelError(f"Cannot load {name} on this machine: {error}. Reinstall vrom.") from error
