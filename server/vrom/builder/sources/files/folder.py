"""The files of a folder. Links to folders within it are followed, so that each folder is read once; none outside is."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePath

from vrom.builder.document import Skipped


@dataclass(frozen=True)
class FolderListing:
    """What a folder holds."""

    files: list[Path]
    """Sorted by their path in the folder; those that are links may lead out of it, see `leads_out`."""
    skipped: list[Skipped]
    """Folders that were not entered though their names are accepted."""


def list_folder(folder: Path, accepts: Callable[[PurePath], bool]) -> FolderListing:
    """The files below a folder; files and folders whose own name `accepts` refuses are left out.

    A folder that several links lead to is listed once, by its own path if that lies in `folder`.
    """
    files: list[Path] = []
    skipped: list[Skipped] = []
    entered: set[str] = set()
    waiting: list[Path] = [folder]
    linked: list[Path] = []
    while waiting or linked:
        parent = waiting.pop() if waiting else linked.pop(0)
        name = parent.relative_to(folder).as_posix()
        place = os.path.realpath(parent)
        if place in entered:
            skipped.append(Skipped(name, "a link to a folder that is read already"))
            continue
        entered.add(place)
        try:
            entries = sorted(os.scandir(parent), key=lambda entry: entry.name)
        except OSError as error:
            skipped.append(Skipped(name, f"a folder that cannot be read: {error.strerror}", lost=True))
            continue
        for entry in entries:
            path = parent / entry.name
            if not accepts(PurePath(entry.name)):
                continue
            if not _is_folder(entry):
                files.append(path)
            elif not entry.is_symlink():
                waiting.append(path)
            elif leads_out(path, folder):
                skipped.append(skip_link_out(path, folder))
            else:
                linked.append(path)
    return FolderListing(sorted(files, key=lambda file: file.relative_to(folder).as_posix()), skipped)


def leads_out(path: Path, folder: Path) -> bool:
    """True if the links in a path below a folder lead out of it."""
    return not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def skip_link_out(path: Path, folder: Path) -> Skipped:
    """The `Skipped` entry of a link that leads out of a folder."""
    reason = f"a link out of the folder, to {os.path.realpath(path)}"
    way_round = "give the place that it leads to as a source of its own"
    return Skipped(path.relative_to(folder).as_posix(), reason, lost=True, way_round=way_round)


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # links in a circle
        return False
