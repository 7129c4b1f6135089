"""Documentation of parameters and attributes in their annotations: `Annotated[str, Doc("…")]` (PEP 727)."""

import ast
import inspect
from typing import Any


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
        if "Doc(" not in text:
            continue
        bare, doc = split_doc(text)
        if doc:
            holder.annotation, found[name] = bare, doc
    return found


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
        if text is None:
            kept.append(part)
        else:
            docs.append(text)
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


def _name(node: ast.expr) -> str:
    """The last part of a dotted name; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
