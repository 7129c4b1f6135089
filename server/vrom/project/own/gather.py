"""Documents of a project's own documentation."""

from collections.abc import Iterator
from pathlib import Path

from vrom.builder.document import Document, Origin, Skipped
from vrom.builder.sources.code.python.package import read_module
from vrom.builder.sources.files.read import find_reader, read_file
from vrom.project.own.files import find_own_files, lies_in
from vrom.project.sources.documentation_folder import read_documentation
from vrom.project.sources.gathered import Gathered

_REFERENCE = "reference"


def gather_own(root: Path) -> Gathered:
    """Read the guides, decisions, README and changelog of a project, and the docstrings of its Python packages.

    Nothing of it is imported or executed, and no link is followed out of it.
    """
    own = find_own_files(root)
    gathered = Gathered()
    for folder in own.folders:
        name = folder.relative_to(root).as_posix()
        gathered.add(Origin(f"{name}/"), _read_folder(folder, name, root))
    for file in own.top:
        if find_reader(file.name):
            name = file.relative_to(root).as_posix()
            gathered.add(Origin(name), read_file(file, name))
    for name, place in own.packages:
        gathered.add(Origin(name), read_module(name, place, _REFERENCE))
    return gathered


def _read_folder(folder: Path, name: str, root: Path) -> Iterator[Document | Skipped]:
    return read_documentation(folder, name, root, accept=lambda file: lies_in(file, root))
