"""The line around a tag."""

from collections.abc import Callable

LONGEST = 1_000
"""Maximum characters before and after a tag that are looked at: a line of a megabyte may hold thousands of tags."""


def surroundings(text: str, start: int, end: int) -> tuple[str, str]:
    """What is before and after characters `start` to `end` on their lines; of a long line, a part."""
    least = max(0, start - LONGEST)
    line = text.rfind("\n", least, start) + 1
    following = text.find("\n", end, end + LONGEST)
    return text[max(line, least) : start], text[end : end + LONGEST if following < 0 else following]


def is_alone(text: str, start: int, end: int, strip: Callable[[str], str]) -> bool:
    """True if nothing but indentation is beside characters `start` to `end`, once `strip` has removed other tags."""
    before, after = surroundings(text, start, end)
    if len(before) == LONGEST or len(after) == LONGEST:
        return False
    return not strip(before).strip(" \t>") and not strip(after).strip()


def margin_of(before: str) -> str:
    """The indentation, with quote marks, at the start of a line."""
    return before[: len(before) - len(before.lstrip(" \t>"))]
