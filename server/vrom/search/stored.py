"""Arrays made from a package, kept beside each other in a folder and opened as memory maps.

A folder is written beside its place and renamed into it, so it is there as a whole or not at all; one process writes
while the others wait. It holds nothing that can't be made again.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]


def stored(folder: Path | None, make: Callable[[], Arrays], fits: Callable[[Arrays], bool]) -> Arrays:
    """The arrays in `folder`, or those that `make` gives, which are then kept there.

    What is there but damaged, or doesn't fit, is made again. Where the folder can't be written (or is None), the arrays
    stay in memory.
    """
    if folder is None:
        return make()
    found = _load(folder, fits)
    if found is not None:
        return found
    made: Arrays | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{folder}.lock"):
            found = _load(folder, fits)
            if found is None:
                made = make()
                _save(made, folder)
    except OSError:
        found = None
    return found or made or make()


def _load(folder: Path, fits: Callable[[Arrays], bool]) -> Arrays | None:
    try:
        arrays = {file.stem: np.load(file, mmap_mode="r", allow_pickle=False) for file in folder.glob("*.npy")}
        return arrays if arrays and fits(arrays) else None
    except (OSError, ValueError, EOFError, KeyError, IndexError):
        return None


def _save(arrays: Arrays, folder: Path) -> None:
    beside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        for name, array in arrays.items():
            with (beside / f"{name}.npy").open("wb") as file:
                np.save(file, array, allow_pickle=False)
                file.flush()
                os.fsync(file.fileno())
        shutil.rmtree(folder, ignore_errors=True)  # what was there didn't fit
        beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
