"""Which of many cartridges a question goes to."""

from collections.abc import Sequence

from vrom.library.mount import Mount


def nearest_mounts(mounts: Sequence[Mount], question: str, count: int) -> list[Mount]:
    """The `count` mounts that a question fits best by what they say of themselves; first those that it names.

    Among equals those come first that were used last. The order of the mounts is kept.
    """
    from vrom.library.match import fits

    found = fits(question, mounts)
    best = sorted(range(len(mounts)), key=lambda i: (found[i], mounts[i].used), reverse=True)[:count]
    return [mounts[i] for i in sorted(best)]
