"""Result of a change, for display."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vrom.builder.document import Skipped
    from vrom.builder.sources.left_out import LeftOut, RemarkGroup
    from vrom.format.models import Chunk

SHOWN = 100
"""Rows of each kind that a report keeps; the others are counted."""
LONGEST = 300
"""Characters of an example."""


@dataclass(frozen=True)
class Loss:
    """Something of the sources that isn't in the documents as it stands."""

    name: str
    """The file, the kind of file or the page."""
    reason: str
    count: int = 1
    remedy: str = ""


@dataclass(frozen=True)
class Losses:
    """Losses of a build, by severity."""

    missing: Sequence[Loss] = ()
    """Documentation that can't be read, or wasn't fetched."""
    remarks: Sequence[Loss] = ()
    """Parts of documents that readers did not take as they stand."""
    passed_over: Sequence[Loss] = ()
    """Files that are no documentation."""
    more: Mapping[str, int] = field(default_factory=dict)
    """Rows beyond `SHOWN`, by the name of the list."""
    warning: str = ""
    """A sentence on what is missing, if that is much."""


@dataclass(frozen=True)
class Sample:
    """A chunk as a build would cut it."""

    file: str
    path: Sequence[str]
    text: str


@dataclass(frozen=True)
class Row:
    """Outcome of one dependency, or of one cartridge."""

    name: str
    version: str
    state: str
    """added, unchanged, nothing, failed; planned for a dry run; updated for an update."""
    cartridge: str = ""
    documents: int = 0
    chunks: int = 0
    sources: Sequence[str] = ()
    problems: Sequence[str] = ()
    seconds: float = 0.0
    before: str = ""
    """Version that was replaced."""


@dataclass(frozen=True)
class Report:
    """Result of a change."""

    summary: str
    """One sentence."""
    facts: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[str] = ()
    losses: Losses = field(default_factory=Losses)
    sample: Sequence[Sample] = ()
    rows: Sequence[Row] = ()
    cartridge: str = ""
    """Name of the cartridge that can be opened and searched now; empty if there is none, or several."""
    repeats: Mapping[str, str] = field(default_factory=dict)
    """Fields of the form that does for good what was a dry run; empty otherwise."""


def losses_of(left_out: "LeftOut") -> Losses:
    """Losses of a build, in rows for display."""
    kinds: dict[str, Sequence[Loss]] = {
        "missing": [_missing(one) for one in left_out.unread],
        "remarks": [_remark(one) for one in left_out.remarks],
        "passed_over": [_missing(one) for one in left_out.passed_over],
    }
    phrase = left_out.describe()
    return Losses(
        **{name: rows[:SHOWN] for name, rows in kinds.items()},
        more={name: len(rows) - SHOWN for name, rows in kinds.items() if len(rows) > SHOWN},
        warning=f"{phrase[:1].upper()}{phrase[1:]} are left out." if left_out.is_much else "",
    )


def sample_of(chunks: "Iterable[Chunk]") -> list[Sample]:
    """Chunks of a dry run."""
    return [Sample(chunk.source_file, chunk.heading_path, chunk.text) for chunk in chunks]


def _missing(one: "Skipped") -> Loss:
    return Loss(one.name, _bounded(one.reason), one.count, one.way_round)


def _remark(group: "RemarkGroup") -> Loss:
    where = group.page if group.pages == 1 else f"{group.page} and {group.pages - 1:,} more"
    reason = f"{group.subject}: {group.example}" if group.example else group.subject
    return Loss(where, _bounded(reason), group.count)


def _bounded(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
