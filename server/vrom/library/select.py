"""Selection of the cartridges that a query is searched in."""

from collections.abc import Sequence

from vrom.library.mount import Mount


def nearest_mounts(mounts: Sequence[Mount], question: str, count: int) -> list[Mount]:
    """Select the `count` mounts whose descriptions match the query best; those it names come first.

    Ties go to the most recently used mount. The order of the mounts is kept.
    """
    from vrom.library.match import fits

    found = fits(question, mounts)
    best = sorted(range(len(mounts)), key=lambda i: (found[i], mounts[i].used), reverse=True)[:count]
    return [mounts[i] for i in sorted(best)]
