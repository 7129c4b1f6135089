"""Write the docstrings that references ask for; runs in the child process."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from vrom.builder.sources.code.python.annotated_doc import take_docs
from vrom.builder.sources.code.python.api import find_public_members, load_module
from vrom.builder.sources.code.python.docstrings import convert_docstring, write_parameters
from vrom.builder.sources.code.python.signatures import format_class_signature, format_signature
from vrom.builder.sources.code.python.untrusted import check_module
from vrom.builder.sources.formats.markdown_writer import write_fence

_DEEPEST = 3


def answer_request(request: dict[str, Any]) -> dict[str, Any]:
    """The Markdown of each reference of a request; None for what isn't there."""
    places = {top: (one["place"], tuple(one["roots"])) for top, one in request["places"].items()}
    return {"texts": [_write_stub(stub, places) for stub in request["stubs"]]}


Places = dict[str, tuple[str, tuple[str, ...]]]


def _write_stub(stub: dict[str, Any], places: Places) -> str | None:
    if stub["summary"]:
        lines = [_write_summary(name, places) for name in stub["names"]]
        return "\n".join(line for line, _ in lines) if any(found for _, found in lines) else None
    for name in _candidates(stub["names"], places):
        found = _find(name, places)
        if found is not None:
            excluded = set(stub["excluded"])
            return "\n\n".join(filter(None, _write(name, found, stub["members"], excluded, level=1))) + "\n"
    return None


def _candidates(names: Sequence[str], places: Places) -> Iterator[str]:
    """Full names, the likeliest first: a name may lack its package."""
    yield from names
    yield from (f"{top}.{name}" for name in names for top in places if name.partition(".")[0] != top)


def _find(name: str, places: Places) -> Any:
    """The object of a dotted name, with aliases resolved; None if it isn't there."""
    top, *parts = name.split(".")
    if top not in places:
        return None
    found = _load(top, *places[top])
    for part in parts:
        try:
            found = found.members.get(part) or found.all_members.get(part)
            if found is not None and found.is_alias:
                found = found.final_target
        except Exception:  # noqa: BLE001 - an import that can't be resolved, in one of many ways
            return None
        if found is None:
            return None
    return found


@lru_cache(maxsize=4)
def _load(module: str, place: str, roots: tuple[str, ...]) -> Any:
    """A package as griffe reads it; None if it can't or mustn't be read."""
    try:
        if roots:
            check_module(module, Path(place), [Path(root) for root in roots])
        return load_module(module, Path(place))
    except Exception:  # noqa: BLE001 - of the parser: syntax of a newer Python, or nested too deeply
        return None


def _write(name: str, found: Any, members: Sequence[str] | None, excluded: set[str], level: int) -> Iterator[str]:
    """The sections of an object and of its members."""
    yield f"{'#' * level} {name}"
    short = name.rpartition(".")[2]
    documented = {} if found.is_module or found.is_class else take_docs(found)
    if found.is_class:
        yield write_fence(format_class_signature(short, found), "python")
        constructor = found.members.get("__init__")
        if constructor is not None and not constructor.is_alias:
            documented = take_docs(constructor)
    elif not found.is_module:
        yield write_fence(format_signature(short, found), "python")
    if found.docstring:
        yield convert_docstring(found.docstring)
    if found.is_attribute:
        yield from documented.values()
    elif documented:
        yield write_parameters(documented)
    if level < _DEEPEST and (found.is_class or found.is_module):
        for one, member in _choose_members(found, members):
            if one not in excluded:
                yield from _write(f"{name}.{one}", member, None if found.is_module else (), excluded, level + 1)


def _choose_members(found: Any, members: Sequence[str] | None) -> Iterator[tuple[str, Any]]:
    """The listed members, or all public ones that have a docstring."""
    if members is None:
        for name, member in find_public_members(found):
            if not member.is_module and (member.docstring or take_docs(member)):
                yield name, member
        return
    for name in members:
        try:
            member = found.all_members.get(name)
            if member is not None:
                yield name, member.final_target if member.is_alias else member
        except Exception:  # noqa: BLE001, S112 - as in `_find`
            continue


def _write_summary(name: str, places: Places) -> tuple[str, bool]:
    """A list item with an object's first line, and whether the object is there."""
    found = next((one for full in _candidates([name], places) if (one := _find(full, places)) is not None), None)
    if found is None:
        return f"- `{name}`", False
    text = convert_docstring(found.docstring).strip().split("\n\n")[0] if found.docstring else ""
    return f"- `{name}`" + (f" — {' '.join(text.split())}" if text and "```" not in text else ""), True
