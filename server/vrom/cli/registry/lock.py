"""`vrom lock` and `vrom sync`: the same cartridges on another machine, down to the byte."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vrom.cli.console import escape_text, print_json, print_line
from vrom.cli.options import Json
from vrom.cli.registry.options import (
    Headers,
    Registries,
    as_document,
    open_client,
    print_notes,
    print_pulled,
    progress_bar,
)
from vrom.errors import HubError, MismatchError, ModelError
from vrom.format.versions import Reference, parse_reference
from vrom.settings import read_settings

if TYPE_CHECKING:
    from vrom.format.models import EmbeddingSpec
    from vrom.registry.install import Offer
    from vrom.registry.lock import Locked

LockFile = Annotated[Path, typer.Option("--file", metavar="FILE", help="The lock file.")]
DEFAULT_FILE = Path("vrom.lock")


def lock(
    cartridges: Annotated[
        list[str] | None,
        typer.Argument(metavar="ID[@VERSION]", help=r"Cartridges to lock.  \[default: all pulled cartridges]"),
    ] = None,
    file: LockFile = DEFAULT_FILE,
    json: Json = False,
) -> None:
    """Record the exact versions and checksums of pulled cartridges in vrom.lock."""
    from vrom.registry.lock import lock_package, write_lock

    client = open_client()
    installed = client.store.installed()
    packages = [client.store.find(parse_reference(name)) for name in cartridges or []]
    if not cartridges:
        packages = [package for package in installed if package.record]
        for package in installed:
            if not package.record:
                print_line(
                    f"[yellow]![/] [bold]{escape_text(package.id)}[/] was built on this machine and is not locked"
                )
    if not packages:
        raise HubError(
            f"Nothing to lock: no cartridge in {client.store.folder} was pulled. Pull one with `vrom pull ID`."
        )
    models = read_settings().models
    locked = [lock_package(package, _model_digest(models, package.manifest.embedding_spec)) for package in packages]
    write_lock(file, locked)
    print_line(
        f"[green]✓[/] {escape_text(str(file))}: {', '.join(escape_text(f'{one.id} {one.version}') for one in locked)}"
    )
    if json:
        print_json([one.model_dump() for one in locked])


def sync(
    file: LockFile = DEFAULT_FILE,
    into: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help=r"Folder to install into.  \[default: .vrom/cartridges beside the lock file]"),
    ] = None,
    registry: Registries = None,
    header: Headers = None,
    json: Json = False,
) -> None:
    """Install exactly what vrom.lock lists; fail on any mismatch. Installed packages need no network."""
    from vrom.registry.lock import mirror, read_lock
    from vrom.registry.lock import sync as sync_one
    from vrom.registry.resolve import resolve_origin

    wanted = read_lock(file).cartridge
    # Not to what the lock names: somebody else may have written it, and would be sent the user's credentials.
    client = open_client(registry, header)
    models = read_settings().models
    done = []
    with ExitStack() as stack:

        def offer(locked: "Locked") -> "Offer":
            reference = Reference(locked.id, locked.version)
            return stack.enter_context(resolve_origin(locked.origin, reference, client))

        for one in wanted:
            with progress_bar() as progress:
                done.append(sync_one(one, client.store, offer, progress=progress))
            _compare_model(models, one, done[-1].package.manifest.embedding_spec)
            print_pulled(done[-1], quiet=json)
    print_notes(client)
    folder = into or file.absolute().parent / ".vrom" / "cartridges"
    for gone in mirror([pulled.package for pulled in done], folder):
        print_line(f"[yellow]–[/] {escape_text(str(gone))} is not in the lock file and was removed")
    print_line(f"[green]✓[/] {escape_text(str(folder))} matches {escape_text(str(file))}")
    if json:
        print_json([as_document(pulled) for pulled in done])


def _model_digest(models: Path, spec: "EmbeddingSpec") -> str:
    """The digest of the model that a package asks for; empty where it isn't here."""
    from vrom.embedding.model_record import read_record
    from vrom.embedding.model_store import ModelStore

    try:
        folder = ModelStore(models).locate(spec)
        return read_record(folder).digest if folder else ""
    except ModelError:
        return ""


def _compare_model(models: Path, locked: "Locked", spec: "EmbeddingSpec") -> None:
    here = _model_digest(models, spec)
    if here and locked.model_digest and here != locked.model_digest:
        raise MismatchError(
            f"The installed model {locked.model} has digest {here[:12]}…, but {locked.id} was locked with "
            f"{locked.model_digest[:12]}…. Download it again with `vrom model pull`, or update the lock file with "
            "`vrom lock`."
        )
