"""Loading what registries list into a database, once or for as long as the process runs."""

import hashlib
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Literal

import psycopg

from vrom.cli.cartridges.load import Report, ensure_sound
from vrom.errors import HubError, StoreError, StoreUnavailableError, TransferError, VromError
from vrom.index.cartridge import Cartridge
from vrom.network.download import silent
from vrom.registry.install import verify
from vrom.registry.offers.files import scratch
from vrom.registry.offers.offers import from_registry
from vrom.registry.registry import Found, every_version
from vrom.store.breaker import UNREACHABLE
from vrom.store.driver import Loaded
from vrom.store.postgres.database import connect, reason_of
from vrom.store.postgres.load import load, sweep
from vrom.store.postgres.wanted import Claim, Listed, WantedLoads

if TYPE_CHECKING:
    from psycopg import Connection

    from vrom.registry.client import RegistryClient

LONGEST_PAUSE = 300.0
"""Most seconds between two tries while a registry or the database is out of reach."""
_LOOK_AGAIN = 1.0
"""Seconds until loads that other processes work on are looked at again: one of them may have ended."""
_PATIENCE = 600.0
"""Seconds to wait for other processes if none of their loads is done."""
_TRANSFERS = 2
"""Downloads that fail one after another before the rest is left for later: the server may be down."""

Say = Callable[[str, Literal["done", "failed", "note"]], None]
"""Shows a line to the operator."""


@dataclass
class RegistryLoads:
    """Loads of everything that registries list into a space of a database."""

    url: str
    space: str
    open_client: "Callable[[], RegistryClient]"
    """Opens the registries; called again whenever they are read again."""
    say: Say
    only: Sequence[str] = ()
    """Patterns of ids, or of `ID@VERSION`; empty for everything."""
    prune: bool = False
    """Unload what is listed no more."""
    _noted: set[str] = field(default_factory=set, init=False)

    def run(self, *, patience: float = _PATIENCE, try_again: bool = True) -> Report:
        """Load what isn't loaded yet, together with other processes that do the same, until all of it is.

        `patience` is how long the others may take; `try_again` makes loads due that failed before. Raises `HubError` if
        a registry can't be used, and `StoreError` if the database can't.
        """
        client = self.open_client()
        try:
            return self._run(client, patience, try_again=try_again)
        finally:
            client.network.close()

    def _run(self, client: "RegistryClient", patience: float, *, try_again: bool) -> Report:
        found = every_version(client.registries)
        if old := [one.note for one in client.registries if one.is_stored_copy]:
            raise HubError(" ".join(old))
        self._note(*client.notes)
        try:
            with connect(self.url) as connection:
                wanted = WantedLoads(connection, self.space, list(map(self._listed, found)))
                if others := wanted.of_others():
                    self._note(f"Left out, since another registry brought these ids: {', '.join(others)}.")
                if try_again:
                    wanted.try_again()
                return _Round(self, client, connection, wanted, found).run(patience)
        except psycopg.errors.InsufficientPrivilege as error:
            raise StoreError(f"The role may not load: {str(error).splitlines()[0]}.") from error
        except psycopg.Error as error:
            raise StoreUnavailableError(f"{UNREACHABLE} {reason_of(error, self.url)}") from error

    def follow(self, interval: float, *, sleep: Callable[[float], None] = time.sleep) -> None:
        """Run, and again about every `interval` seconds, until the process is interrupted.

        That a registry or the database is out of reach is said once, and the pauses grow. Raises `StoreError` if the
        database's tables are of another version.
        """
        failures, problem = 0, ""
        while True:
            try:
                self.run(patience=interval, try_again=False)
                if problem:
                    self.say("following again", "note")
                failures, problem, pause = 0, "", interval
            except (HubError, StoreUnavailableError) as error:
                if str(error) != problem:
                    problem = str(error)
                    self.say(f"{problem} Trying again until it works.", "failed")
                failures += 1
                pause = min(2.0 ** min(failures, 10), LONGEST_PAUSE)
            sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 - so that many processes don't ask at once

    def wants(self, cartridge_id: str, version: str) -> bool:
        """True if a version is to be loaded."""
        names = cartridge_id, f"{cartridge_id}@{version}"
        return not self.only or any(fnmatchcase(name, pattern) for pattern in self.only for name in names)

    def note_withdrawn(self, withdrawn: Sequence[str]) -> None:
        """Say once what is listed no more, and what unloads it."""
        if withdrawn:
            self._note(f"Listed no more, but still loaded: {', '.join(withdrawn)}. --prune unloads it.")

    def _listed(self, found: Found) -> Listed:
        release, signature = found.release, found.registry.document.signature
        contents = [f"{role} {one.sha256} {one.size}" for role, one in sorted(release.digests.items())]
        said = "\n".join(contents) or release.model_dump_json(include={"version", "files"})
        return Listed(
            found.id,
            release.version,
            found.registry.address,
            serial=signature.serial if signature else 0,
            mark=hashlib.sha256(said.encode()).hexdigest(),
            is_wanted=self.wants(found.id, release.version),
        )

    def _note(self, *notes: str) -> None:
        for note in notes:
            if note not in self._noted:
                self._noted.add(note)
                self.say(note, "note")


class _Round:
    """One time that the registries were read."""

    def __init__(
        self,
        loads: RegistryLoads,
        client: "RegistryClient",
        connection: "Connection[Any]",
        wanted: WantedLoads,
        found: Sequence[Found],
    ) -> None:
        self._loads, self._client = loads, client
        self._connection, self._wanted = connection, wanted
        self._found = {(one.id, one.release.version): one for one in found}
        self._report = Report()

    def run(self, patience: float) -> Report:
        waited, transfers = 0.0, 0
        while transfers < _TRANSFERS:
            with self._wanted.claim() as claim:
                problem = self._work(claim) if claim else None
            if claim:
                waited, transfers = 0.0, transfers + 1 if isinstance(problem, TransferError) else 0
            elif waited < patience and self._wanted.count_due():
                time.sleep(_LOOK_AGAIN)
                waited += _LOOK_AGAIN
            else:
                break
        self._withdraw()
        self._report.deleted = sweep(self._connection)
        return self._report

    def _work(self, claim: Claim) -> Exception | None:
        """Load what was claimed; note and return the reason if that fails."""
        name = f"{claim.id} {claim.version}"
        try:
            loaded = self._load(self._found[claim.id, claim.version])
        except (VromError, psycopg.DataError) as error:
            problem = str(error).splitlines()[0]
            self._wanted.fail(claim, problem)
            self._report.failed[name] = problem
            if problem != claim.problem:  # it is tried again and again
                self._loads.say(f"{name}: {problem}", "failed")
            return error
        self._wanted.finish(claim, loaded.number)
        self._report.done.append(loaded)
        self._loads.say(f"{name}: {loaded.state}, {loaded.chunks:,} chunks", "done")
        return None

    def _load(self, found: Found) -> Loaded:
        limits = self._client.limits
        with scratch(self._client.downloads.folder) as folder:
            offer = from_registry(found, self._client.downloads)
            offer.bring(folder, silent)
            verify(folder, offer.id, offer.version, offer.digests, limits)
            ensure_sound(folder, limits)
            return load(self._connection, Cartridge.open(folder, None, limits), self._loads.space)

    def _withdraw(self) -> None:
        readable = [one.address for one in self._client.registries if not one.document.unreadable]
        withdrawn = [one for one in self._wanted.withdrawn(readable) if self._loads.wants(*one)]
        names = [f"{cartridge_id} {version}" for cartridge_id, version in withdrawn]
        if withdrawn and self._loads.prune:
            self._wanted.unload(withdrawn)
            self._report.unloaded = names
            for name in names:
                self._loads.say(f"{name}: unloaded, it is listed no more", "done")
        else:
            self._report.withdrawn = names
            self._loads.note_withdrawn(names)
