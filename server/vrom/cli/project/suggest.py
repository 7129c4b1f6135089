"""Suggestions for a name that nothing was found for: a typo, or another version than the project's."""

import difflib
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vrom.project.add import Outcome
    from vrom.project.project import Project

_CLOSE = 0.75
"""Least similarity of two names, of 1."""


def add_suggestion(project: "Project", outcome: "Outcome") -> "Outcome":
    """Add to the reason why there is nothing what the project has: the version it locks, or names that are close."""
    if outcome.state != "nothing":
        return outcome
    asked = outcome.dependency
    locked = project.by_name.get((asked.ecosystem, asked.name))
    sentence = ""
    if locked is None:
        names = sorted({one.name for one in project.dependencies if one.ecosystem == asked.ecosystem})
        close = difflib.get_close_matches(asked.name[:100], names, cutoff=_CLOSE)
        sentence = f"The project has {' and '.join(close)}: is one of them meant?" if close else ""
    elif asked.version != locked.version and locked.version:
        sentence = f"The project locks {locked.version}: `vrom add {locked.name}`."
    return replace(outcome, problems=(*outcome.problems, sentence)) if sentence else outcome
