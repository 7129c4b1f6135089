"""`list_cartridges`: what is mounted, and in which state."""

from datetime import UTC, datetime

from vrom.answers.models import CartridgeEntry, ListAnswer
from vrom.library import Library
from vrom.mounts.mount import Mount
from vrom.package.models import Manifest


def list_cartridges(library: Library, query: str | None = None) -> ListAnswer:
    """All mounted cartridges, or those whose id, description or source holds every word of `query`."""
    entries = [_entry(mount) for mount in library.mounts()]
    words = (query or "").casefold().split()
    matching = [
        entry
        for entry in entries
        if all(word in f"{entry.id} {entry.description} {entry.source}".casefold() for word in words)
    ]
    notes = []
    if not entries:
        notes.append("No cartridge is mounted. `vrom build` makes one from a folder of documentation.")
    elif not matching:
        notes.append(f"No mounted cartridge matches; there is {', '.join(entry.id for entry in entries)}.")
    return ListAnswer(cartridges=matching, notes=notes)


def _entry(mount: Mount) -> CartridgeEntry:
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
        description=manifest.description,
        source=manifest.source,
        chunks=manifest.total_chunks,
        tokens=manifest.total_tokens,
        model=f"{spec.model} ({spec.quantization}, {spec.dimensions} dimensions)",
        created_at=manifest.created_at,
        age_days=_age_days(manifest),
        state=mount.state,
        problem=mount.problem,
    )


def _age_days(manifest: Manifest) -> int | None:
    created = manifest.created
    return max(0, (datetime.now(UTC) - created).days) if created else None
