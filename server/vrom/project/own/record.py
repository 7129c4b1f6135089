"""Record of the project whose documentation `vrom add` made a cartridge of, on this machine.

It lies outside the project: a checkout can't bring one along, so nothing is rebuilt that nobody asked for here.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from vrom.storage.atomic import replace_file


@dataclass(frozen=True)
class OwnRecord:
    """The cartridge of a project's own documentation."""

    cartridge: str
    """Its id."""
    files: str
    """Fingerprint of the project's files when it was made."""


def read_own_record(builds: Path, project: Path) -> OwnRecord | None:
    """The record of a project in the folder `builds`; None if there is none, or it isn't valid."""
    try:
        kept = json.loads(record_file(builds, project).read_text())
        return OwnRecord(str(kept["cartridge"]), str(kept["files"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def note_own_record(builds: Path, project: Path, record: OwnRecord) -> None:
    """Keep the record of a project."""
    builds.mkdir(parents=True, exist_ok=True)
    replace_file(record_file(builds, project), [json.dumps(asdict(record)).encode() + b"\n"])


def record_file(builds: Path, project: Path) -> Path:
    """The file with a project's record, whose name stands for the project's folder."""
    return builds / f"own-{hashlib.sha256(str(project.resolve()).encode('utf-8', 'surrogateescape')).hexdigest()}"
