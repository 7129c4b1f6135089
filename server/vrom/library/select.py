"""Selection of the cartridges that a call is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vrom.library.mount import Mount
from vrom.library.scope import GUIDE, Scope

if TYPE_CHECKING:
    from vrom.library.match import Fit


@dataclass(frozen=True)
class Selection:
    """Cartridges of one call, selected once and handed on."""

    mounts: Sequence[Mount]
    names: tuple[str, ...] = ()
    """The names that were asked for, sorted; empty if all cartridges were."""
    notes: tuple[str, ...] = ()
    """Notes for the answer: if these aren't all that were asked for, and on documentation that is missing."""


def default_mounts(mounts: Sequence[Mount], scope: Scope) -> list[Mount]:
    """Select the mounts that a search is about if it names none.

    If anything that the project locks is mounted, or a cartridge of its own, these; else all but the guide to vrom,
    which is searched only where there is nothing else. Another version than the locked one counts only for what the
    project lists itself, where the answer says so; of what it lists without a version, the newest one here counts.
    """
    in_scope = [mount for mount in mounts if _is_locked(mount, scope) or mount.folder.parent == scope.own]
    others = [mount for mount in mounts if mount.id != GUIDE]
    return in_scope or others or list(mounts)


def _is_locked(mount: Mount, scope: Scope) -> bool:
    return mount.locked == mount.version or mount.id in scope.direct


def select_by_content(mounts: Sequence[Mount], query: str, count: int) -> list[Mount]:
    """Select the `count` mounts whose contents fit the query best; those that it names come first.

    Of mounts that haven't been opened yet, as many at most are added by their descriptions. The order is kept.
    """
    from vrom.library.match import fits
    from vrom.library.term_statistics import beliefs
    from vrom.search.query import FUNCTION_TERMS, read_query

    known = {id(mount): statistics for mount in mounts if (statistics := mount.learn())}
    terms = [term for term in dict.fromkeys(read_query(query).terms) if term not in FUNCTION_TERMS]
    belief = dict(zip(known, beliefs(terms, list(known.values())), strict=True))
    described = dict(zip(map(id, mounts), fits(query, mounts), strict=True))

    def fit(mount: Mount) -> "tuple[bool, float, Fit, float]":
        about = described[id(mount)]
        return about.is_named, belief.get(id(mount), 0.0), about, mount.used

    ranked = sorted(mounts, key=fit, reverse=True)
    best = [mount for mount in ranked if id(mount) in known][:count]
    unknown = [mount for mount in ranked if id(mount) not in known][:count]
    chosen = set(map(id, [*best, *unknown]))
    return [mount for mount in mounts if id(mount) in chosen]
