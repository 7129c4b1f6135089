"""Texts of parameters and fields beside their types: `Annotated[str, Doc("…")]` (PEP 727), `Field(description="…")`."""

import ast
import inspect
import re
from typing import Any

_DESCRIBED = re.compile(r"[\w.]+\((?=[\s\S]*\b(?:description|doc)\s*=)")


def take_docs(member: Any) -> dict[str, str]:
    """Remove `Doc(…)` from the annotations of a griffe function or attribute; return the texts by name.

    A function's parameters keep their other metadata; `Annotated` with nothing left becomes the bare type.
    """
    found: dict[str, str] = {}
    holders = [(one.name, one) for one in getattr(member, "parameters", ())] if member.is_function else []
    if member.is_attribute:
        holders = [(member.name, member)]
    for name, holder in holders:
        annotation = holder.annotation
        text = str(annotation) if annotation is not None else ""
        if "Doc(" in text or "description=" in text:
            bare, doc = split_doc(text)
            if doc:
                holder.annotation, found[name] = bare, doc
        if name not in found and (doc := _field_description(holder)):
            found[name] = doc
    return found


def _field_description(holder: Any) -> str:
    """The description in the default value of a parameter or field: `Field(description="…")`; empty without one."""
    value = str(getattr(holder, "default", None) or getattr(holder, "value", None) or "")
    if not _DESCRIBED.match(value):
        return ""
    try:
        node = ast.parse(value, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    return _keyword_text(node) if isinstance(node, ast.Call) else ""


def _keyword_text(call: ast.Call) -> str:
    """The text that describes a field in a call: of pydantic's `description`, or the standard library's `doc`."""
    for keyword in call.keywords:
        is_text = isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str)
        if is_text and (keyword.arg == "description" or (keyword.arg == "doc" and _name(call.func) == "field")):
            return inspect.cleandoc(keyword.value.value)  # type: ignore[attr-defined]
    return ""


def split_doc(annotation: str) -> tuple[str, str]:
    """Split an annotation into itself without `Doc(…)` and the text in it; the text is empty without one.

    >>> split_doc("Annotated[int, Doc('Seconds.')]")
    ('int', 'Seconds.')
    """
    try:
        node = ast.parse(annotation, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return annotation, ""
    if not (isinstance(node, ast.Subscript) and _name(node.value) == "Annotated" and isinstance(node.slice, ast.Tuple)):
        return annotation, ""
    kept, docs = [], []
    for part in node.slice.elts:
        text = _doc_text(part)
        if text is not None:
            docs.append(text)
            continue
        if described := _take_description(part):
            docs.append(described)
            if isinstance(part, ast.Call) and not part.args and not part.keywords:
                continue
        kept.append(part)
    if not docs or not kept:
        return annotation, ""
    node.slice.elts = kept
    return ast.unparse(node if len(kept) > 1 else kept[0]), "\n\n".join(docs)


def _doc_text(node: ast.expr) -> str | None:
    """The text of a call of `Doc` with a literal; None for anything else."""
    if isinstance(node, ast.Call) and _name(node.func) == "Doc" and len(node.args) == 1:
        value = node.args[0]
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            return inspect.cleandoc(value.value)
    return None


def _take_description(node: ast.expr) -> str:
    """Remove the description from a call such as `Field(gt=0, description="…")`, and return it; empty without one."""
    if not isinstance(node, ast.Call) or _name(node.func) == "Doc":
        return ""
    text = _keyword_text(node)
    if text:
        node.keywords = [keyword for keyword in node.keywords if keyword.arg not in ("description", "doc")]
    return text


def _name(node: ast.expr) -> str:
    """The last part of a dotted name; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
