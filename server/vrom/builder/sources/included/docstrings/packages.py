"""Packages whose docstrings pages may refer to, and the child process that reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vrom.builder.sources.extra import MissingExtraError
from vrom.builder.sources.formats.encodings.decode import UnreadableError
from vrom.builder.sources.included.docstrings.stub import Stub
from vrom.builder.sources.isolated import ask_child

SECONDS = 120.0
"""Time for the references of one page; a package is loaded once."""
_SOURCE_FOLDERS = ("", "src", "lib", "python")


@dataclass(frozen=True)
class Packages:
    """Top-level modules of Python that can be read."""

    modules: Mapping[str, Path] = field(default_factory=dict)
    """Modules of the distributions that are sources beside the pages, with the folder that each lies in."""
    environment: Sequence[Path] = ()
    """Folders of installed distributions."""
    tree: Path | None = None
    """The pages' own repository or project."""
    failed: set[str] = field(default_factory=set, compare=False)
    """Top-level modules that took too long, or too much memory."""

    def write(self, stubs: Sequence[Stub]) -> list[str | None]:
        """The Markdown of each reference, with a heading of the first level; None for what isn't there."""
        tops = dict.fromkeys(name.partition(".")[0] for stub in stubs for name in stub.names)
        wanted = [top for top in (*tops, *self._own()) if top not in self.failed]
        places = {top: place for top in wanted if (place := self._find(top))}
        if not places:
            return [None] * len(stubs)
        request = {"kind": "docstrings", "stubs": [stub.request() for stub in stubs], "places": places}
        try:
            texts: list[str | None] = ask_child(request, SECONDS)["texts"]
        except (UnreadableError, MissingExtraError):
            self.failed.update(places)
            return [None] * len(stubs)
        return texts

    def knows(self, module: str) -> bool:
        """True if a top-level module can be read."""
        return self._find(module) is not None

    def _find(self, module: str) -> dict[str, Any] | None:
        """The folder that a module lies in, and the folders that its links must not leave, if any."""
        if module in self.modules:
            return {"place": str(self.modules[module]), "roots": []}
        for folder in _SOURCE_FOLDERS if self.tree else ():
            assert self.tree is not None
            if _has_module(self.tree / folder, module):
                return {"place": str(self.tree / folder), "roots": [str(self.tree)]}
        for place in self.environment:
            if _has_module(place, module):
                return {"place": str(place), "roots": []}
        return None

    def _own(self) -> list[str]:
        """Modules that a name without its package may belong to."""
        own = list(self.modules)
        for folder in _SOURCE_FOLDERS if self.tree else ():
            assert self.tree is not None
            try:
                entries = sorted((self.tree / folder).iterdir()) if (self.tree / folder).is_dir() else []
            except OSError:
                continue
            own += [one.name for one in entries if one.name.isidentifier() and (one / "__init__.py").is_file()]
        return [name for name in own if name not in ("tests", "test", "docs", "examples", "benchmarks", "scripts")][:10]


def _has_module(place: Path, module: str) -> bool:
    try:
        return (place / module / "__init__.py").is_file() or (place / f"{module}.py").is_file()
    except OSError:
        return False
