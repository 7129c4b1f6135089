"""Checks of `vrom doctor`: each returns its finding and, if it can be fixed, the remedy."""

import errno
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from vrom import __version__
from vrom.cli.console import format_count, format_size
from vrom.errors import ConfigurationError, ModelError
from vrom.format.versions import describe_version
from vrom.installation import reinstallation_command

if TYPE_CHECKING:
    from vrom.hosts.host import Host, Place
    from vrom.library.library import Library
    from vrom.library.mount import Mount
    from vrom.settings import HostFolders, Settings

State = Literal["ok", "warning", "problem"]

OLDEST_PYTHON = (3, 11)

PORT = 8000
"""Default port of `vrom serve` over HTTP."""

_SHOWN = ("mcp", "numpy", "onnxruntime", "usearch", "fastembed")

_IMPORTS = """
from vrom.embedding.native import import_usearch, import_fastembed
import_usearch(); import_fastembed()
"""


@dataclass(frozen=True)
class Check:
    """Result of one check. A warning can be ignored; a problem must be fixed."""

    name: str
    state: State
    found: str
    remedy: str = ""


def check_python() -> Check:
    """Check the version of Python."""
    found = f"{'.'.join(map(str, sys.version_info[:3]))}, vrom {__version__}, in {sys.prefix}"
    if sys.version_info[:2] < OLDEST_PYTHON:
        oldest = ".".join(map(str, OLDEST_PYTHON))
        return Check("python", "problem", f"{found}; expected Python {oldest} or later", f"uv python install {oldest}")
    return Check("python", "ok", found)


def check_libraries() -> Check:
    """Check the installed versions of vrom's dependencies."""
    from packaging.requirements import Requirement

    try:
        required = [Requirement(line) for line in metadata.requires("vrom") or ()]
    except metadata.PackageNotFoundError:  # run from a bundle, which has no metadata
        required = []
    wrong = []
    for requirement in required:
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        installed = _version(requirement.name)
        if installed is None:
            wrong.append(f"{requirement.name} is missing")
        elif not requirement.specifier.contains(installed, prereleases=True):
            wrong.append(f"{requirement.name} is {installed}, expected {requirement.specifier}")
    if wrong:
        return Check("libraries", "problem", ", ".join(wrong), f"Reinstall vrom: {reinstallation_command()}")
    return Check("libraries", "ok", ", ".join(f"{name} {_version(name) or '–'}" for name in _SHOWN))


def check_imports() -> Check:
    """Check that onnxruntime, usearch and fastembed load in one process; in the wrong order they crash it."""
    command = [sys.executable, "-c", _IMPORTS]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if done.returncode == 0:
        return Check("imports", "ok", "onnxruntime, usearch and fastembed can be loaded together")
    if done.returncode < 0:
        found = f"loading onnxruntime, usearch and fastembed crashes Python ({signal.Signals(-done.returncode).name})"
    else:
        found = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
    return Check("imports", "problem", found, f"Reinstall vrom: {reinstallation_command()}")


def check_models(settings: "Settings", mounts: "Sequence[Mount]") -> Iterator[Check]:
    """Check the models of the mounted cartridges, verifying every file's digest."""
    from vrom.embedding.model_store import ModelStore
    from vrom.embedding.recipes import DEFAULT_SPEC, resolve

    store = ModelStore(settings.models)
    specs = [mount.described.embedding_spec for mount in mounts if mount.described] or [DEFAULT_SPEC]
    for spec in {(spec.model, spec.quantization): spec for spec in specs}.values():
        try:
            status = store.status(spec)
        except ModelError as error:
            yield Check("model", "problem", str(error), "Rebuild the cartridge with a model that vrom supports.")
            continue
        name = f"{status.model} ({status.quantization})"
        if status.record:
            size = format_size(status.record.size)
            yield Check(
                "model", "ok", f"{name}: {format_count(len(status.record.files), 'file')}, {size}, checksums OK"
            )
        else:
            found = status.problem or f"{name} is not installed, so search is lexical only"
            yield Check("model", "problem", found, resolve(spec).pull_command)


def check_cartridges(library: "Library") -> Iterator[Check]:
    """Verify every mounted cartridge, like `vrom check`."""
    from vrom.cli.cartridges.check import findings_of

    for mount in library.mounts():
        findings = findings_of(mount.folder, library.limits)
        errors = [finding for finding in findings if finding.severity == "error"]
        name, manifest = mount.id, mount.manifest
        if errors or manifest is None:
            more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
            first = f"{errors[0].file}, {errors[0].where}: {errors[0].found}{more}" if errors else mount.problem
            yield Check("cartridge", "problem", f"{name}: {first}", f"vrom check {mount.folder}")
            continue
        found = f"{name} {describe_version(manifest.version)}: {format_count(manifest.total_chunks, 'chunk')}"
        if findings:
            found += f", {format_count(len(findings), 'warning')} from vrom check"
        yield Check("cartridge", "ok", found)
    if not library.mounts():
        folders = ", ".join(map(str, library.folders))
        yield Check(
            "cartridge", "problem", f"no cartridges found in {folders}", "vrom build DIR --id ID, or vrom pull ID"
        )


def check_cache(settings: "Settings") -> Check:
    """Check that the cache folder can be written, and report its size."""
    from vrom.registry.installed import size_of

    folder = settings.cache
    if not folder.exists():
        parent = next(parent for parent in folder.parents if parent.exists())
        writable, size = os.access(parent, os.W_OK), 0
    else:
        writable = _can_write(folder)
        size = size_of(folder)
    if not writable:
        found = f"{folder} is not writable, so indexes are rebuilt on each start"
        return Check("cache", "warning", found, "Make it writable, or set VROM_HOME to a writable folder.")
    return Check("cache", "ok", f"{folder}, {format_size(size) if size else 'empty'}")


def check_port() -> Check:
    """Check that the default HTTP port is free."""
    try:
        with socket.create_server(("127.0.0.1", PORT)):
            return Check("port", "ok", f"{PORT}, the default of vrom serve over HTTP, is free")
    except OSError as error:
        taken = "in use" if error.errno == errno.EADDRINUSE else (error.strerror or str(error))
        found = f"{PORT}, the default of vrom serve over HTTP, is {taken}"
        return Check(
            "port", "warning", found, "If you serve over HTTP: vrom serve --transport streamable-http --port 9000"
        )


def check_hosts(folders: "HostFolders") -> Iterator[Check]:
    """Check every host configuration that contains vrom or can't be read."""
    from vrom.hosts.catalog import known_hosts

    found = False
    for host in known_hosts(folders).values():
        for place in [*host.places.values(), *host.seen]:
            check = _check_host(host, place)
            if check:
                found = True
                yield check
    if not found:
        yield Check(
            "hosts",
            "warning",
            "vrom is not configured in any host",
            "vrom install HOST, for example vrom install claude-code",
        )


def _check_host(host: "Host", place: "Place") -> Check | None:
    from vrom.hosts.configuration import read_entry
    from vrom.hosts.entry import read_command
    from vrom.installation import quote_command

    try:
        entry = read_entry(place)
    except ConfigurationError as error:
        return Check("host", "problem", str(error), f"Fix the file, then run: vrom install {host.name}")
    if entry is None:
        return None
    where, remedy = f"{host.title}: {place.file}", _installation_remedy(host, place)
    entry = entry if isinstance(entry, dict) else {}
    if command := read_command(entry):
        if not shutil.which(command[0]):
            return Check("host", "problem", f"{where}: command not found: {command[0]}", remedy)
        return Check("host", "ok", f"{where}: {quote_command(command)}")
    address = next((entry[key] for key in ("url", "httpUrl", "serverUrl") if key in entry), None)
    if address:
        return Check("host", "ok", f"{where}: {address}")
    return Check("host", "problem", f"{where}: the entry has neither a command nor a URL", remedy)


def _installation_remedy(host: "Host", place: "Place") -> str:
    """The instruction that fixes an entry."""
    if place in host.seen:
        return f"Remove the entry {'.'.join(place.path)}, then run: vrom install {host.name}"
    return f"vrom install {host.name}{' --scope project' if host.places.get('project') == place else ''}"


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _can_write(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def as_document(check: Check) -> dict[str, Any]:
    """A check as a JSON object."""
    return {"name": check.name, "state": check.state, "found": check.found, "remedy": check.remedy}
