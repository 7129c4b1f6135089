"""Signatures of Python objects, as code that a reader could have written."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDEST = 88
_LONGEST_VALUE = 80
_MOST_OVERLOADS = 3
_DECORATORS = ("classmethod", "staticmethod", "property", "abstractmethod")


def format_signature(name: str, function: Any) -> str:
    """A function's signature with its decorators, or its first overloads; an attribute's name and annotation."""
    overloads: Sequence[Any] = getattr(function, "overloads", None) or [function]
    decorators = [mark for mark in _DECORATORS if mark in function.labels]
    prefix = "".join(f"@{mark}\n" for mark in decorators)
    prefix = _write_deprecated(function) + prefix
    if function.is_attribute:
        kind = f": {function.annotation}" if function.annotation is not None else ""
        value = str(function.value) if function.value is not None else ""
        is_short = value and value != "..." and len(value) <= _LONGEST_VALUE
        return f"{prefix}{name}{kind}" + (f" = {value}" if is_short else "")
    calls = [_wrap(overload.signature(name=name)) for overload in overloads[:_MOST_OVERLOADS]]
    more = len(overloads) - len(calls)
    return prefix + "\n".join([*calls, f"# and {more} more overloads"] if more else calls)


def format_class_signature(name: str, cls: Any) -> str:
    """A class's constructor signature; its name and bases if it defines no `__init__`."""
    prefix = _write_deprecated(cls)
    made = cls.members.get("__init__")
    if made is not None and not made.is_alias and made.is_function:
        return prefix + "class " + _wrap(made.signature(name=name, return_type=False))
    return prefix + "class " + _wrap(f"{name}({', '.join(map(str, cls.bases))})" if cls.bases else name)


def _write_deprecated(member: Any) -> str:
    """The decorator that marks an object as deprecated (PEP 702), with a line break; empty without it."""
    for decorator in getattr(member, "decorators", ()):
        text = str(decorator.value)
        if text.partition("(")[0].rpartition(".")[2] == "deprecated":
            return f"@{text}\n"
    return ""


def _wrap(text: str) -> str:
    """A signature, with one line per parameter if it exceeds `_WIDEST` characters."""
    if len(text) <= _WIDEST or "(" not in text:
        return text
    name, _, rest = text.partition("(")
    parts, depth, start = [], 1, 0
    for at, character in enumerate(rest):
        depth += (character in "([{") - (character in ")]}")
        if (depth == 1 and character == ",") or depth == 0:
            parts.append(rest[start:at].strip())
            start = at + 1
        if depth == 0:
            break
    return f"{name}(\n" + "".join(f"    {part},\n" for part in parts if part) + f"){rest[start:]}"
