"""Scope of a search that names no cartridge: what a project locks, and the project's own cartridges."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vrom.format.versions import is_same_version
from vrom.library.reference import resolve_reference

GUIDE = "vrom-guide"
"""Id of the cartridge about vrom itself: it answers only who names it, or where there is nothing else."""

_MOST_PLACES = 3


@dataclass(frozen=True)
class Scope:
    """The dependencies of a project, by the ids of their cartridges."""

    locked: Mapping[str, str] = field(default_factory=dict)
    """Locked versions by cartridge id; without those that the project lists, and pins no version of."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Names, as `vrom add` takes them (`pydantic`, `npm:zod`), by cartridge id."""
    direct: frozenset[str] = frozenset()
    """Cartridge ids of the dependencies that the project itself lists."""
    own: Path | None = None
    """Folder of the project's own cartridges."""
    differing: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    """Versions that parts of the project lock, where there are several: the parts' folders by version, by cartridge id.
    The project's own folder is `.`."""

    def title(self, cartridge_id: str) -> str:
        """Name and locked version of a dependency: `httpx 0.27.2`; the name alone if no version is locked."""
        return " ".join(filter(None, (self.names[cartridge_id], self.locked.get(cartridge_id))))

    def command(self, cartridge_id: str) -> str:
        """The command that adds the documentation of the locked version, or of the newest if none is locked."""
        name, version = self.names.get(cartridge_id, cartridge_id), self.locked.get(cartridge_id)
        return f"vrom add {name}=={version}" if version else f"vrom add {name}"

    def remedy(self, name: str) -> str:
        """Sentence with the command that adds the dependency `name` refers to; "" if there is none of that name."""
        dependency = resolve_reference(name, self.names).id
        if dependency not in self.names:
            return ""
        version = self.locked.get(dependency)
        uses = f"The project locks {version}" if version else "The project uses it"
        return f"{uses}: `{self.command(dependency)}` adds its documentation."

    def differences(self, cartridge_id: str, mounted: Collection[str]) -> str:
        """A note on the versions that parts of the project lock, if there are several; "" otherwise.

        `mounted` are the versions that are documented here: of the others, the command is named.
        """
        versions = self.differing.get(cartridge_id, {})
        if not versions:
            return ""
        name = self.names.get(cartridge_id, cartridge_id)
        locked = ", ".join(f"{version} in {_list_places(places)}" for version, places in versions.items())
        there = [one for one in versions if any(is_same_version(one, other) for other in mounted)]
        hints = [f"`{cartridge_id}@{one}` searches the one in {_list_places(versions[one])}" for one in there[1:]]
        hints += [f"`vrom add {name}=={one}` adds {one}" for one in versions if one not in there]
        return f"This project locks {name} {locked}: {', '.join(hints)}."


def _list_places(places: Sequence[str]) -> str:
    """Folders of a project, `.` for its own; three at most."""
    named = ["its root" if one == "." else one for one in places]
    more = len(named) - _MOST_PLACES
    named = [*named[:_MOST_PLACES], f"{more} more"] if more > 0 else named
    return " and ".join(filter(None, [", ".join(named[:-1]), named[-1]]))
