"""Arrange the blocks of a document as a tree of sections."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from vrom.builder.markdown.blocks import Block

LONGEST_HEADING = 160
"""Maximum characters of a heading in a title path; longer headings are cut off there (never in the text)."""


@dataclass(slots=True)
class Section:
    """A heading and the blocks under it, up to the next heading; the root has no heading."""

    path: tuple[str, ...]
    """Title path: from the document's title to this heading."""
    level: int = 0
    heading: Block | None = None
    blocks: list[Block] = field(default_factory=list)
    children: list["Section"] = field(default_factory=list)
    last_headings: Sequence[Block] = ()
    """Headings without text at the end of the document; set on the section that has the document's last text."""


def build_sections(blocks: Sequence[Block], title: str) -> Section:
    """The root section of a document: the blocks before its first heading, with all sections as descendants.

    A document without text under its headings gives a root without children.
    """
    last = max((number for number, block in enumerate(blocks) if block.kind not in ("heading", "dropped")), default=-1)
    root = Section((shorten_heading(title),))
    if last < 0:
        return root
    lineage = [root]
    for block in blocks[: last + 1]:
        if block.kind == "heading":
            _open_section(block, lineage)
        else:
            lineage[-1].blocks.append(block)
    lineage[-1].last_headings = [block for block in blocks[last + 1 :] if block.kind == "heading"]
    return root


def _open_section(heading: Block, lineage: list[Section]) -> None:
    """Start the section of a heading and update `lineage`, the path of sections from the root to it."""
    while lineage[-1].level >= heading.level:
        lineage.pop()
    parent = lineage[-1]
    text = shorten_heading(heading.text)
    is_title = len(lineage) == 1 and text.casefold() == parent.path[0].casefold()
    section = Section(parent.path if is_title or not text else (*parent.path, text), heading.level, heading)
    parent.children.append(section)
    lineage.append(section)


def shorten_heading(heading: str) -> str:
    """A heading, cut off after `LONGEST_HEADING` characters."""
    return heading if len(heading) <= LONGEST_HEADING else heading[: LONGEST_HEADING - 1].rstrip() + "…"
