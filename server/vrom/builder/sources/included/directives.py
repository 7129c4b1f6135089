"""Options of Sphinx's `literalinclude` and `include`, which MyST shares.

Source: https://www.sphinx-doc.org/en/master/usage/restructuredtext/directives.html#directive-literalinclude,
https://docutils.sourceforge.io/docs/ref/rst/directives.html#include.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress

from vrom.builder.sources.included.selection import Part

_OPTION = re.compile(r"[ \t]*:([\w-]{1,40}):(?:[ \t]+(.*))?")


def read_options(lines: Sequence[str]) -> dict[str, str]:
    """The options `:name: value` at the start of a directive's lines."""
    options: dict[str, str] = {}
    for line in lines:
        if not line.strip() or not (found := _OPTION.fullmatch(line)):
            break
        options[found[1].lower()] = (found[2] or "").strip()
    return options


def read_myst_options(lines: Sequence[str]) -> dict[str, str]:
    """The options of a MyST directive: `:name: value` or YAML between `---`; values may be quoted."""
    if lines and lines[0].strip() == "---":
        end = next((number for number, line in enumerate(lines) if number and line.strip() == "---"), 1)
        lines = [
            f":{name.strip()}: {value.strip()}" for name, _, value in (line.partition(":") for line in lines[1:end])
        ]
    options = read_options(lines)
    return {name: value[1:-1] if _QUOTED.fullmatch(value) else value for name, value in options.items()}


_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


def part_of_literal(options: Mapping[str, str]) -> Part:
    """The part of a file that `literalinclude` shows. Emphasis and line numbers are left out."""
    return Part(
        lines=options.get("lines", "").replace(" ", ""),
        python_object=options.get("pyobject", ""),
        start_after=options.get("start-after", ""),
        end_before=options.get("end-before", ""),
        start_at=options.get("start-at", ""),
        end_at=options.get("end-at", ""),
        dedent=_dedent(options),
    )


def part_of_text(options: Mapping[str, str]) -> Part:
    """The part of a file that `include` puts in; its lines are counted from 0, and the last one isn't included."""
    first, last = options.get("start-line", ""), options.get("end-line", "")
    lines = ""
    if first or last:
        with suppress(ValueError):
            start, end = int(first or 0), int(last) if last else None
            shown = "" if end is None else str(end if end >= 0 else end - 1)
            lines = f"{start + 1 if start >= 0 else start}:{shown}"
    return Part(
        lines=lines or options.get("lines", "").replace(" ", ""),
        start_after=options.get("start-after", ""),
        end_before=options.get("end-before", ""),
        by_text=True,
        dedent=_dedent(options),
    )


def prepend_and_append(text: str, options: Mapping[str, str]) -> str:
    """The text with the lines of `:prepend:` and `:append:`."""
    return "\n".join(filter(None, [options.get("prepend"), text.rstrip("\n"), options.get("append")]))


def _dedent(options: Mapping[str, str]) -> int | None:
    if "dedent" not in options:
        return None
    value = options["dedent"]
    return int(value) if value.isdecimal() and len(value) < 4 else -1
