"""Record of the builds on this machine, under `VROM_HOME`.

A manifest says what its package was built of. One that came with a checkout or an archive may name private files of
this machine, and repeating its build would put them into the project's documentation. So only a request that was
recorded here, outside every package, is repeated without being asked for.
"""

import hashlib
from pathlib import Path

from vrom.builder.request import BuildRequest
from vrom.storage.atomic import replace_file


def note_local_build(builds: Path, folder: Path, request: BuildRequest) -> None:
    """Record in the folder `builds` that `folder` was built with `request`."""
    builds.mkdir(parents=True, exist_ok=True)
    replace_file(_record_file(builds, folder), [_digest(request).encode() + b"\n"])


def was_built_here(builds: Path, folder: Path, request: BuildRequest) -> bool:
    """Return True if the last build of `folder` on this machine had this `request`."""
    try:
        return _record_file(builds, folder).read_text().strip() == _digest(request)
    except (OSError, ValueError):
        return False


def _record_file(builds: Path, folder: Path) -> Path:
    return builds / hashlib.sha256(str(folder.resolve()).encode("utf-8", "surrogateescape")).hexdigest()


def _digest(request: BuildRequest) -> str:
    return hashlib.sha256(request.model_dump_json().encode("utf-8", "surrogatepass")).hexdigest()
