"""fastembed without its downloader.

Two thirds of the time that fastembed takes to import go to `huggingface_hub` and `requests`, with which it fetches
models. vrom gives it folders that are here, so while it is imported these names stand for modules that do nothing.
What comes of it is a copy for vrom alone: whoever imports fastembed elsewhere in the process gets it as it is.
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
"""What fastembed imports in order to download, and for nothing else."""


def import_without_hub() -> ModuleType:
    """A copy of fastembed that loads models from folders. Raises `ImportError`, as any import.

    Where fastembed or one of the libraries is loaded already, nothing is saved: then it is the ordinary one.
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
    """A module of which every name can be imported: functions that refuse, and errors that nothing raises."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name[0].isupper():
            return type(name, (Exception,), {})
        return _StandIn(f"{self.__name__}.{name}")

    def __call__(self, *_: object, **__: object) -> None:
        raise RuntimeError(f"{self.__name__}: vrom's copy of fastembed loads models from folders only")
