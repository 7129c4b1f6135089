"""Profiles of some cartridges as arrays, which are searched together and can be mapped from a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from vrom.errors import PackageError
from vrom.format.models import EmbeddingSpec
from vrom.index.lexical.bm25 import VERSION as LEXICAL_VERSION
from vrom.library.choice.postings import Postings
from vrom.library.choice.profile import Profile
from vrom.storage.array_file import Arrays, open_arrays, save_arrays

VERSION = f"1.{LEXICAL_VERSION}"
"""Version of the arrays on disk: changes whenever a profile is computed differently, or terms are."""
MOST_MODELS = 16
"""Largest number of models whose centres a segment holds."""


@dataclass(frozen=True)
class Centres:
    """Directions of documents of several cartridges, by one model."""

    rows: NDArray[np.int32]
    """Row of each centre, ascending: int32, (n,)."""
    directions: NDArray[np.int8]
    """int8, (n, dim): unit rows times 127."""

    def of_rows(self, rows: NDArray[np.int64]) -> "Centres":
        """Centres of these rows, ascending."""
        first, end = np.searchsorted(self.rows, rows), np.searchsorted(self.rows, rows, side="right")
        sizes = end - first
        ends = np.cumsum(sizes)
        at = np.arange(int(sizes.sum())) + np.repeat(first - (ends - sizes), sizes)
        return Centres(np.repeat(rows, sizes).astype(np.int32), self.directions[at])


@dataclass(frozen=True, eq=False)
class Segment:
    """Profiles, one a row."""

    columns: Mapping[str, NDArray[Any]]
    """One number a row: `keys`, uint64, the state of the package that the row is about; `words`, the number of
    different words, added up over the chunks; `chance`; `name_sizes`, the number of terms of the id."""
    postings: Mapping[str, Postings]
    """Rows by `terms` of the contents, by `names`, terms of the id, and by terms of what is said `about` it."""
    centres: Mapping[EmbeddingSpec, Centres] = field(default_factory=dict)
    file: Path | None = None
    """File that it is mapped from."""

    def __len__(self) -> int:
        return len(self.columns["keys"])

    @property
    def keys(self) -> NDArray[np.uint64]:
        """State of the package that each row is about: uint64, (rows,)."""
        return self.columns["keys"]

    @classmethod
    def of(cls, profiles: Mapping[int, Profile]) -> "Segment":
        """Segment of profiles by their keys."""
        every = list(profiles.values())
        columns = {
            "keys": list(profiles),
            "words": [one.words for one in every],
            "chance": [one.chance for one in every],
            "name_sizes": [len(one.name) for one in every],
        }
        return cls(
            {name: np.array(values, dtype=_COLUMNS[name]) for name, values in columns.items()},
            {
                "terms": Postings.of([one.terms for one in every], [one.frequencies for one in every]),
                "names": Postings.of([one.name for one in every]),
                "about": Postings.of([one.about for one in every]),
            },
            _by_model(every),
        )

    @classmethod
    def joined(cls, parts: "Sequence[Segment]", kept: Sequence[NDArray[np.bool_]]) -> "Segment":
        """Segment of the `kept` rows of several: bool, (rows,) for each part."""
        numbers, count = [], 0
        for some in kept:
            numbers.append(np.where(some, count + np.cumsum(some) - 1, -1))
            count += int(some.sum())

        columns = {
            name: np.concatenate([part.columns[name][some] for part, some in zip(parts, kept, strict=True)])
            for name in _COLUMNS
        }
        postings = {name: Postings.joined([part.postings[name] for part in parts], numbers) for name in _POSTINGS}
        return cls(columns, postings, _joined_centres(parts, numbers))

    def save(self, file: Path) -> None:
        """Write the segment atomically. Raises `OSError`."""
        arrays = dict(self.columns)
        for name, postings in self.postings.items():
            arrays |= postings.arrays(name)
        for number, centres in enumerate(self.centres.values()):
            arrays[f"rows_{number}"] = centres.rows
            arrays[f"directions_{number}"] = centres.directions.view(np.uint8)
        specs = [spec.model_dump(mode="json") for spec in self.centres]
        save_arrays(file, arrays, {"version": VERSION, "models": specs})

    @classmethod
    def open(cls, file: Path) -> "Segment | None":
        """Map a segment; None if the file isn't valid, or of another version."""
        try:
            opened = open_arrays(file)
            if opened.about.get("version") != VERSION:
                return None
            specs = [EmbeddingSpec.model_validate(one) for one in opened.about["models"]][:MOST_MODELS]
            found = cls._from(opened.arrays, specs)
            return replace(found, file=file) if found._fits() else None
        except (PackageError, ValidationError, KeyError, TypeError, ValueError, IndexError):
            return None

    @classmethod
    def _from(cls, arrays: Arrays, specs: Sequence[EmbeddingSpec]) -> "Segment":
        centres = {
            spec: Centres(arrays[f"rows_{number}"], arrays[f"directions_{number}"].view(np.int8))
            for number, spec in enumerate(specs)
        }
        columns = {name: arrays[name] for name in _COLUMNS}
        postings = {name: Postings.from_arrays(arrays, name) for name in _POSTINGS}
        return cls(columns, postings, centres)

    def _fits(self) -> bool:
        rows, chance = len(self), self.columns["chance"]
        return (
            all(self.columns[name].dtype.str == kind for name, kind in _COLUMNS.items())
            and all(column.shape == (rows,) for column in self.columns.values())
            and all(one.fits() for one in self.postings.values())
            and all(_centres_fit(one, spec, rows) for spec, one in self.centres.items())
            and bool(((chance >= 0) & (chance <= 0.95)).all())
        )


_POSTINGS = ("terms", "names", "about")
_COLUMNS = {"keys": "<u8", "words": "<i8", "chance": "<f4", "name_sizes": "<i4"}


def _centres_fit(centres: Centres, spec: EmbeddingSpec, rows: int) -> bool:
    held = centres.rows
    return (
        held.dtype.str == "<i4"
        and centres.directions.shape == (len(held), spec.dimensions)
        and centres.directions.dtype.itemsize == 1
        and bool((held[1:] >= held[:-1]).all())
        and (not len(held) or (int(held[0]) >= 0 and int(held[-1]) < rows))
    )


def _by_model(profiles: Sequence[Profile]) -> dict[EmbeddingSpec, Centres]:
    found: dict[EmbeddingSpec, list[int]] = {}
    for row, profile in enumerate(profiles):
        if profile.spec is not None and profile.centres.shape[1] == profile.spec.dimensions:
            found.setdefault(_bare(profile.spec), []).append(row)
    return {
        spec: Centres(
            np.repeat(np.array(rows, dtype=np.int32), [len(profiles[row].centres) for row in rows]),
            np.concatenate([profiles[row].centres for row in rows]),
        )
        for spec, rows in list(found.items())[:MOST_MODELS]
    }


def _bare(spec: EmbeddingSpec) -> EmbeddingSpec:
    """The fields that name a model, without what other tools write beside them."""
    return EmbeddingSpec(**{name: getattr(spec, name) for name in EmbeddingSpec.model_fields})


def _joined_centres(parts: Sequence[Segment], numbers: Sequence[NDArray[np.int64]]) -> dict[EmbeddingSpec, Centres]:
    found: dict[EmbeddingSpec, list[Centres]] = {}
    for part, renamed in zip(parts, numbers, strict=True):
        for spec, centres in part.centres.items():
            rows = renamed[centres.rows]
            is_kept = rows >= 0
            found.setdefault(spec, []).append(Centres(rows[is_kept].astype(np.int32), centres.directions[is_kept]))
    return {
        spec: Centres(np.concatenate([one.rows for one in some]), np.concatenate([one.directions for one in some]))
        for spec, some in list(found.items())[:MOST_MODELS]
    }
