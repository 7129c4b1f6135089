"""Import of fastembed without its downloader.

Two thirds of fastembed's import time go to `huggingface_hub` and `requests`, with which it downloads models. vrom
passes it local folders, so these names are replaced by stand-in modules during the import. The result is a copy for
vrom alone: importing fastembed elsewhere in the process gives the unmodified package.
"""

import importlib
import sys
from types import ModuleType
from typing import Any

_DOWNLOADS = (
    "huggingface_hub",
    "huggingface_hub.file_download",
    "huggingface_hub.hf_api",
    "huggingface_hub.utils",
    "requests",
)
"""Modules that fastembed imports for downloading only."""


def import_without_hub() -> ModuleType:
    """Import a copy of fastembed that loads models from folders. Raises `ImportError`.

    If fastembed or one of the replaced modules is already loaded, the ordinary fastembed is returned.
    """
    if any(name in sys.modules for name in ("fastembed", *_DOWNLOADS)):
        return importlib.import_module("fastembed")
    stand_ins = {name: _StandIn(name) for name in _DOWNLOADS}
    sys.modules.update(stand_ins)
    try:
        return importlib.import_module("fastembed")
    finally:
        for name in [name for name in sys.modules if name in stand_ins or name.partition(".")[0] == "fastembed"]:
            del sys.modules[name]


class _StandIn(ModuleType):
    """Module with every name: functions that raise `RuntimeError`, and exception classes that are never raised."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name[0].isupper():
            return type(name, (Exception,), {})
        return _StandIn(f"{self.__name__}.{name}")

    def __call__(self, *_: object, **__: object) -> None:
        raise RuntimeError(f"{self.__name__}: vrom's copy of fastembed loads models from folders only")
