"""`list_cartridges`: what is mounted, and in which state."""

from collections.abc import Sequence
from datetime import UTC, datetime

from vrom.answers.models import CartridgeEntry, ListAnswer
from vrom.format.models import Manifest
from vrom.library.library import Library
from vrom.library.mount import Mount

LISTED = 100
"""Cartridges in one answer: some 4,000 tokens where descriptions are short. Of more, words find the right one."""
DESCRIBED = 500
"""Characters of a description or a source: what is longer is cut."""
NAMED = 20
"""Ids in a note."""


def list_cartridges(library: Library, query: str | None = None, *, most: int | None = LISTED) -> ListAnswer:
    """The mounted cartridges, or those whose id, description or source holds every word of `query`.

    At most `most` of them, None for all; a note says how many there are.
    """
    matching = find_mounts(library, query)
    notes = note_nothing(library) if not matching else []
    if most is not None and len(matching) > most:
        notes.append(f"These are {most} of {len(matching):,} cartridges. Words in `query` narrow them down.")
    return ListAnswer(cartridges=describe_mounts(library, matching[:most]), notes=notes)


def find_mounts(library: Library, query: str | None) -> list[Mount]:
    """The mounted cartridges whose id, description or source holds every word of `query`."""
    words = (query or "").casefold().split()
    return [mount for mount in library.mounts() if all(word in mount.text for word in words)]


def describe_mounts(library: Library, mounts: Sequence[Mount]) -> list[CartridgeEntry]:
    """Entries of these mounted cartridges."""
    others: dict[str, list[str]] = {}
    for mount in library.mounts(every_version=True):
        if not mount.is_default and mount.described:
            others.setdefault(mount.id, []).append(mount.version)
    return [_entry(mount, others.get(mount.id, ())) for mount in mounts]


def note_nothing(library: Library) -> list[str]:
    """The note of a list without entries."""
    if mounts := library.mounts():
        return [f"No mounted cartridge matches; there is {_named(mounts)}."]
    return ["No cartridge is mounted. `vrom build` makes one from a folder of documentation."]


def _named(mounts: Sequence[Mount]) -> str:
    more = len(mounts) - NAMED
    return ", ".join(mount.id for mount in mounts[:NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _entry(mount: Mount, others: Sequence[str]) -> CartridgeEntry:
    manifest = mount.described
    if manifest is None:
        return CartridgeEntry(
            id=mount.id, version="", description="", source="", chunks=0, tokens=0, model="", created_at="",
            age_days=None, state=mount.state, problem=mount.problem,
        )  # fmt: skip
    spec = manifest.embedding_spec
    return CartridgeEntry(
        id=mount.id,
        version=manifest.version,
        description=_bounded(manifest.description),
        source=_bounded(manifest.source),
        chunks=manifest.total_chunks,
        tokens=manifest.total_tokens,
        model=f"{spec.model} ({spec.quantization}, {spec.dimensions} dimensions)",
        created_at=manifest.created_at,
        age_days=_age_days(manifest),
        state=mount.state,
        problem=mount.problem,
        locked=mount.locked,
        other_versions=list(others),
    )


def _bounded(text: str) -> str:
    return text if len(text) <= DESCRIBED else text[: DESCRIBED - 1] + "…"


def _age_days(manifest: Manifest) -> int | None:
    created = manifest.created
    return max(0, (datetime.now(UTC) - created).days) if created else None
