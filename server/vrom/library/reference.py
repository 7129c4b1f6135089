"""References to cartridges as models write them: `Pydantic`, `pydantic==2.14`, `pydantic v2`, `npm:zod`, `@a/b`."""

import re
from collections.abc import Iterable

from vrom.format.versions import Reference, parse_reference

_FORM = re.compile(
    r"(?:(?P<ecosystem>pypi|npm|cargo|go)[:.])?(?P<name>@?[^@\s=<>!~^]+)"
    r"\s*(?:@|==|(?=[<>~!])|\s+v?(?=\d)|\s+version\s+v?)?\s*(?P<wanted>[^@\s].*)?",
    re.IGNORECASE,
)
_ECOSYSTEMS = ("npm", "cargo", "go")


def resolve_reference(text: str, ids: Iterable[str]) -> Reference:
    """The reference that `text` means, with one of `ids` if one fits; else as `parse_reference` reads it.

    Case, `-`, `_` and `.` don't count, as in names of Python distributions (PEP 503); a name without an ecosystem means
    the first one that has it.
    """
    exact = parse_reference(text)
    known = list(ids)
    if exact.id in known:
        return exact
    found = _FORM.fullmatch(text.removeprefix("hub://").strip())
    if not found:
        return exact
    folded = {_fold(one): one for one in reversed(known)}
    name = found["name"].removeprefix("@").replace("/", "__")
    ecosystems = [found["ecosystem"].lower()] if found["ecosystem"] else ["", *_ECOSYSTEMS]
    for ecosystem in ecosystems:
        prefix = "" if ecosystem in {"", "pypi"} else f"{ecosystem}."
        if one := folded.get(_fold(prefix + name)):
            wanted = re.sub(r"^v(?=\d)", "", (found["wanted"] or "").strip())
            return Reference(one, "" if wanted == "latest" else wanted)
    return exact


def _fold(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name.lower())
