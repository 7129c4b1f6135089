"""The work of `vrom add` on several dependencies, without its output."""

import os
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextvars import copy_context
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vrom.builder.build import Progress
    from vrom.project.add import Outcome
    from vrom.project.dependency import Dependency


def check_readers() -> None:
    """Raise `MissingExtraError` if what reads the documentation of dependencies isn't installed.

    So that it is said once, and not for each dependency.
    """
    from vrom.builder.sources.extra import import_extra

    for module in ("griffe", "docutils", "selectolax", "tree_sitter"):
        import_extra(module, "Reading the documentation of dependencies")


def add_words_of(
    chosen: "Sequence[Dependency]",
    add_words: "Callable[[Dependency], Outcome]",
    done: "Callable[[Outcome], object]",
) -> "list[Outcome]":
    """Make the cartridges of dependencies, several at once; `done` receives each as soon as it can be searched.

    What `done` raises ends the work, except for what has begun: that ends as `vrom.storage.waiting` says, or by itself.
    """
    outcomes = {}
    with ThreadPoolExecutor(os.cpu_count(), "vrom-add") as pool:
        # Each in a copy of this context, so that whoever ends this work ends the waits of those threads.
        works = {pool.submit(copy_context().run, add_words, dependency): dependency for dependency in chosen}
        try:
            for work in as_completed(works):
                outcomes[works[work]] = work.result()
                done(work.result())
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return [outcomes[dependency] for dependency in chosen]


def embed_smallest_first(
    work: "Sequence[tuple[Outcome, Callable[[Progress], int]]]", progress: "Callable[[Outcome, int, int], object]"
) -> None:
    """Make the vectors that are missing, the smallest cartridges first, so that most are whole soon.

    `progress` receives the present one, the number of texts that have vectors, and their total.
    """
    ordered = sorted(work, key=lambda one: _size(one[0]))
    total = sum(_size(outcome) for outcome, _ in ordered)
    before = 0
    for outcome, add_vectors in ordered:
        size = _size(outcome)

        def report(
            stage: str, done: int, _: int | None, outcome: "Outcome" = outcome, before: int = before, size: int = size
        ) -> None:
            if stage == "embed":
                progress(outcome, before + min(done, size), total)

        progress(outcome, before, total)
        add_vectors(report)
        before += size
    if ordered:
        progress(ordered[-1][0], total, total)


def _size(outcome: "Outcome") -> int:
    return outcome.manifest.total_chunks if outcome.manifest else 0
