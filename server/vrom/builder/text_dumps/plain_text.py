"""Convert a plain text file to Markdown, with or without remaining markup."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

from vrom.builder.document import Remark
from vrom.builder.text_dumps.bare_code import fence_bare_code
from vrom.builder.text_dumps.evidence import find_dump_evidence
from vrom.builder.text_dumps.markup import recover_markup

Recovery = Literal["evident", "always", "never"]
"""Which plain texts are recovered as copied pages: those with evidence that they are, all, or none."""

_recovery: ContextVar[Recovery] = ContextVar("recovery", default="evident")


@contextmanager
def recovering(which: Recovery) -> Iterator[None]:
    """Within this context, recover these plain texts."""
    token = _recovery.set(which)
    try:
        yield
    finally:
        _recovery.reset(token)


def convert_plain_text(text: str, name: str) -> tuple[str, tuple[Remark, ...]]:
    """Convert plain text to Markdown: recover a copied page, else only fence bare code."""
    which = _recovery.get()
    if which == "never":
        return text, ()
    evidence = find_dump_evidence(text)
    if not evidence and which == "evident":
        return fence_bare_code(text), ()
    markdown, dropped = recover_markup(text)
    remarks = [Remark("recovered from a copied page", f"{name}: {_list_counts(evidence) or '--from-dump'}")]
    if dropped:
        remarks.append(Remark("lines of a copied page left out", f"{name}: {_list_counts(dropped)}"))
    return markdown, tuple(remarks)


def _list_counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{kind} (×{count:,})" for kind, count in counts.items())
