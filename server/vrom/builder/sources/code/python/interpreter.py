"""Docstrings and signatures that only the interpreter knows: those of compiled modules.

The package is imported by the Python of its own environment, in a child process with a time limit. What it prints is no
answer. Only `vrom build --import` does this.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TypedDict

from vrom.builder.sources.formats.encodings.decode import UnreadableError

SECONDS = 120.0
_LARGEST_ANSWER = 200_000_000


class Asked(TypedDict):
    """What the interpreter knows about a name."""

    doc: str
    signature: str
    """`(x, /)`; empty if it doesn't know it."""
    kind: str
    """`class`, `function` or `data`."""


def ask_interpreter(names: Iterable[str], place: Path) -> dict[str, Asked]:
    """What the interpreter of the environment that `place` belongs to knows about dotted names.

    `place` is a folder of installed packages. Names without a docstring are left out. Raises `UnreadableError` if the
    child process fails.
    """
    python = find_interpreter(place)
    request = json.dumps({"names": list(names), "place": str(place)}).encode()
    with tempfile.TemporaryDirectory(prefix="vrom-import-") as folder:
        answer = Path(folder, "answer.json")
        command = [str(python), "-I", "-c", _PROGRAM, str(answer)]
        try:
            subprocess.run(  # noqa: S603 - the user asked for it
                command, input=request, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder,
                timeout=SECONDS, check=False,
            )  # fmt: skip
            if answer.stat().st_size > _LARGEST_ANSWER:
                raise UnreadableError(f"it has more than {_LARGEST_ANSWER:,} bytes of docstrings")
            found = json.loads(answer.read_bytes())
        except subprocess.TimeoutExpired as error:
            raise UnreadableError(f"importing it by {python} took more than {SECONDS:.0f} s") from error
        except (OSError, ValueError) as error:
            raise UnreadableError(f"importing it ended {python}") from error
    return {name: Asked(doc=one[0], signature=one[1], kind=one[2]) for name, one in found.items()}


def find_interpreter(place: Path) -> Path:
    """The Python of the virtual environment that a folder of packages belongs to; else the one that runs vrom."""
    for folder in place.parents[:3]:
        for name in ("bin/python", "Scripts/python.exe"):
            if (folder / name).is_file() and os.access(folder / name, os.X_OK):
                return folder / name
    return Path(sys.executable)


_PROGRAM = r"""
import importlib, inspect, json, sys

request = json.loads(sys.stdin.buffer.read())
sys.path.append(request["place"])
found = {}


def look_up(name):
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            value = importlib.import_module(".".join(parts[:length]))
        except BaseException:
            continue
        for part in parts[length:]:
            value = getattr(value, part)
        return value
    raise AttributeError(name)


for name in request["names"]:
    try:
        value = look_up(name)
        is_data = not (callable(value) or hasattr(value, "__get__"))
        doc = value.__doc__
        if is_data or not isinstance(doc, str) or not doc.strip():
            continue
        try:
            signature = str(inspect.signature(value))
        except BaseException:
            signature = getattr(value, "__text_signature__", None) or ""
        kind = "class" if inspect.isclass(value) else "function" if callable(value) else "data"
        found[name] = (inspect.cleandoc(doc), signature if isinstance(signature, str) else "", kind)
    except BaseException:
        continue
with open(sys.argv[1], "w") as file:
    json.dump(found, file)
"""
